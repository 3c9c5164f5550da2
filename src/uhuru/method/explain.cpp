#include "uhuru/method/explain.hpp"

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

Explanation explain(const Model& model, const DetectionRows& rows, const Threads& threads) {
  if (!model.bayes)
    throw input_error("the model cannot explain its classes", "", "a model of the method bayes");
  const Matrix values = scaled(model.scaling, rows.features);
  std::vector<size_t> of_source;  // the rows with a feature
  for (Eigen::Index row = 0; row < values.rows(); ++row)
    if (!values.row(row).array().isNaN().all()) of_source.push_back(static_cast<size_t>(row));
  if (of_source.empty())
    throw input_error("nothing is known of the source", "", "a detection with a feature");
  const auto count = static_cast<Eigen::Index>(of_source.size());
  const Eigen::Index d = values.cols();
  // The detections as they are, then without each of the features.
  const Matrix known = take_rows(values, of_source);
  Matrix variance;
  if (rows.lower.rows() > 0)
    variance = scaled_variance(model.scaling, take_rows(rows.lower, of_source),
                               take_rows(rows.upper, of_source))
                   .replicate(d + 1, 1);
  Matrix data = known.replicate(d + 1, 1);
  std::vector<Eigen::Index> hidden(static_cast<size_t>(data.rows()), -1);
  for (Eigen::Index f = 0; f < d; ++f)
    for (Eigen::Index i = 0; i < count; ++i) {
      data((f + 1) * count + i, f) = missing_number;
      hidden[static_cast<size_t>((f + 1) * count + i)] = f;
    }
  const BayesClassifier& bayes = *model.bayes;
  const Matrix probabilities =
      BayesDensity(bayes, model.prior)(data, variance, threads, hidden).probabilities;
  Evidence evidence = bayes.evidence(model.prior);
  for (size_t l = 0; l < evidence.learned.size(); ++l) evidence.learned[l] = ClassId(l);
  const auto learned = static_cast<Eigen::Index>(bayes.learned.size());
  std::vector<size_t> places(of_source.size());
  const auto odds_from = [&](const Matrix& of_rows, Eigen::Index begin) {
    std::iota(places.begin(), places.end(), static_cast<size_t>(begin));
    Vector combined(learned);
    evidence.combine(of_rows, places, combined.data());
    return log_odds(combined);
  };
  const Vector total = odds_from(probabilities, 0);
  const Vector prior = odds_from(evidence.prior.transpose().replicate(count, 1), 0);
  const auto classes = static_cast<Eigen::Index>(model.class_count);
  const auto unknown = [&] { return Vector(Vector::Constant(classes, missing_number)); };
  Explanation result{unknown(), Matrix::Constant(d, classes, missing_number), unknown(), unknown()};
  for (Eigen::Index l = 0; l < learned; ++l) {
    const auto c = static_cast<Eigen::Index>(bayes.learned[static_cast<size_t>(l)]);
    result.prior[c] = prior[l];
    result.total[c] = total[l];
    result.together[c] = total[l] - prior[l];
  }
  for (Eigen::Index f = 0; f < d; ++f) {
    const Vector without = odds_from(probabilities, (f + 1) * count);
    const bool any = !known.col(f).array().isNaN().all();
    for (Eigen::Index l = 0; l < learned; ++l) {
      const auto c = static_cast<Eigen::Index>(bayes.learned[static_cast<size_t>(l)]);
      result.features(f, c) = any ? total[l] - without[l] : 0.0;
      result.together[c] -= result.features(f, c);
    }
  }
  return result;
}

}  // namespace uhuru::method
