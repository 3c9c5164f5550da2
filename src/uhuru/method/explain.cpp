#include "uhuru/method/explain.hpp"

#include <array>
#include <cmath>
#include <numeric>

#include "uhuru/base/error.hpp"
#include "uhuru/base/missing.hpp"
#include "uhuru/method/scaling.hpp"

namespace uhuru::method {
namespace {

/// The log odds of classes from their probabilities.
Vector log_odds(const Vector& probabilities) {
  Vector result(probabilities.size());
  for (Eigen::Index c = 0; c < result.size(); ++c) {
    // 1 - p as the sum of the others, which is exact for p near 1.
    double others = 0;
    for (Eigen::Index other = 0; other < result.size(); ++other)
      if (other != c) others += probabilities[other];
    result[c] = std::log(probabilities[c]) - std::log(others);
  }
  return result;
}

}  // namespace

std::vector<std::optional<Explanation>> explain(const Model& model, const DetectionRows& rows,
                                                std::span<const std::vector<size_t>> sources,
                                                const Threads& threads) {
  if (!model.bayes)
    throw input_error("the model cannot explain its classes", "", "a model of the method bayes");
  const BayesClassifier& bayes = *model.bayes;
  const Matrix values = scaled(model.scaling, rows.features);
  const Eigen::Index d = values.cols();
  // The detections with a feature, source by source; first as they are, then without each feature.
  std::vector<size_t> taken, begin = {0};
  for (const auto& of_source : sources) {
    for (const size_t row : of_source)
      if (!values.row(static_cast<long>(row)).array().isNaN().all()) taken.push_back(row);
    begin.push_back(taken.size());
  }
  const auto count = static_cast<Eigen::Index>(taken.size());
  const Matrix known = take_rows(values, taken);
  Matrix variance;
  if (rows.lower.rows() > 0)
    variance =
        scaled_variance(model.scaling, take_rows(rows.lower, taken), take_rows(rows.upper, taken))
            .replicate(d + 1, 1);
  Matrix data = known.replicate(d + 1, 1);
  std::vector<Eigen::Index> hidden(static_cast<size_t>(data.rows()), -1);
  for (Eigen::Index f = 0; f < d; ++f)
    for (Eigen::Index i = 0; i < count; ++i) {
      data((f + 1) * count + i, f) = missing_number;
      hidden[static_cast<size_t>((f + 1) * count + i)] = f;
    }
  const Matrix probabilities =
      BayesDensity(bayes, model.prior)(data, variance, threads, hidden).probabilities;
  Evidence evidence = bayes.evidence(model.prior);
  for (size_t l = 0; l < evidence.learned.size(); ++l) evidence.learned[l] = ClassId(l);
  const auto learned = static_cast<Eigen::Index>(bayes.learned.size());
  const auto classes = static_cast<Eigen::Index>(model.class_count);
  const auto unknown = [&] { return Vector(Vector::Constant(classes, missing_number)); };
  std::vector<std::optional<Explanation>> result(sources.size());
  threads.for_rows(sources.size(), 16, [&](size_t first, size_t last, size_t) {
    std::vector<size_t> places;
    Vector combined(learned);
    for (size_t s = first; s < last; ++s) {
      if (begin[s] == begin[s + 1]) continue;
      places.resize(begin[s + 1] - begin[s]);
      const auto odds_from = [&](const Matrix& of_rows, size_t from) {
        std::iota(places.begin(), places.end(), from);
        evidence.combine(of_rows, places, combined.data());
        return log_odds(combined);
      };
      const Vector total = odds_from(probabilities, begin[s]);
      const Vector prior =
          odds_from(evidence.prior.transpose().replicate(static_cast<long>(places.size()), 1), 0);
      Explanation& of = result[s].emplace(Explanation{
          unknown(), Matrix::Constant(d, classes, missing_number), unknown(), unknown()});
      const auto column = [&](Eigen::Index l) {
        return static_cast<Eigen::Index>(bayes.learned[static_cast<size_t>(l)]);
      };
      for (Eigen::Index l = 0; l < learned; ++l) {
        of.prior[column(l)] = prior[l];
        of.total[column(l)] = total[l];
        of.together[column(l)] = total[l] - prior[l];
      }
      const auto own =
          known.middleRows(static_cast<long>(begin[s]), static_cast<long>(places.size()));
      for (Eigen::Index f = 0; f < d; ++f) {
        const Vector without =
            odds_from(probabilities, static_cast<size_t>((f + 1) * count) + begin[s]);
        const bool any = !own.col(f).array().isNaN().all();
        for (Eigen::Index l = 0; l < learned; ++l) {
          of.features(f, column(l)) = any ? total[l] - without[l] : 0.0;
          of.together[column(l)] -= of.features(f, column(l));
        }
      }
    }
  });
  return result;
}

Explanation explain(const Model& model, const DetectionRows& rows, const Threads& threads) {
  std::vector<size_t> all(static_cast<size_t>(rows.features.rows()));
  std::iota(all.begin(), all.end(), size_t{0});
  auto found = explain(model, rows, std::array{std::move(all)}, threads);
  if (!found[0])
    throw input_error("nothing is known of the source", "", "a detection with a feature");
  return std::move(*found[0]);
}

}  // namespace uhuru::method
