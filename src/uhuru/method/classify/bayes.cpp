#include "uhuru/method/classify/bayes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "uhuru/base/error.hpp"
#include "uhuru/base/missing.hpp"
#include "uhuru/method/mixture/placement.hpp"

namespace uhuru::method {
namespace {

/// Rows that are evaluated by one thread at a time.
constexpr size_t rows_at_a_time = 4096;

/// The excess of measurement errors over the typical ones, rounded to powers of two so that rows
/// are alike; no rows if there is none.
Matrix excess(const Matrix& variance, const Vector& typical) {
  if (variance.rows() == 0) return {};
  constexpr double negligible = 1e-3;  // of the typical variance
  Matrix result = variance.rowwise() - typical.transpose();
  for (Eigen::Index row = 0; row < result.rows(); ++row)
    for (Eigen::Index f = 0; f < result.cols(); ++f) {
      double& value = result(row, f);
      value = value > negligible * typical[f] ? std::exp2(std::round(std::log2(value))) : 0;
    }
  if ((result.array() > 0).any()) return result;
  return {};
}

}  // namespace

Vector BayesClassifier::prior(const Prior& wanted) const {
  const Vector& occurring = answer(wanted.drawn).evidence.prior;
  if (wanted.own.empty()) return occurring;
  double left = 1, open = 0;
  for (const double given : wanted.own)
    if (!std::isnan(given)) left -= given;
  const auto of = [&](size_t l) { return wanted.own[number_of(learned[l])]; };
  for (size_t l = 0; l < learned.size(); ++l)
    if (std::isnan(of(l))) open += occurring[static_cast<long>(l)];
  Vector result(static_cast<long>(learned.size()));
  double sum = 0;
  for (size_t l = 0; l < learned.size(); ++l) {
    const auto i = static_cast<Eigen::Index>(l);
    result[i] = std::isnan(of(l)) ? std::max(0.0, left) * occurring[i] / open : of(l);
    sum += result[i];
  }
  if (!(sum > 0))
    throw input_error("the prior excludes every class that was learned", "",
                      "a positive probability of one of them");
  return result / sum;
}

Evidence BayesClassifier::evidence(const Prior& wanted) const {
  Evidence result = answer(wanted.drawn).evidence;
  result.prior = prior(wanted);
  return result;
}

Vector typical_variance(const Matrix& variance, Eigen::Index features) {
  Vector result = Vector::Zero(features);
  for (Eigen::Index f = 0; f < variance.cols(); ++f) {
    std::vector<double> known;
    for (const double value : variance.col(f))
      if (value > 0) known.push_back(value);
    if (known.empty()) continue;
    const auto middle = known.begin() + static_cast<long>(known.size() / 2);
    std::nth_element(known.begin(), middle, known.end());
    result[f] = *middle;
  }
  return result;
}

Matrix tree_data(const Matrix& data, std::span<const Eigen::Index> informing,
                 std::span<const Eigen::Index> hidden) {
  Matrix result(data.rows(), data.cols() + static_cast<long>(informing.size()));
  result.leftCols(data.cols()) = data;
  for (size_t i = 0; i < informing.size(); ++i)
    for (Eigen::Index row = 0; row < data.rows(); ++row)
      result(row, data.cols() + static_cast<long>(i)) =
          !hidden.empty() && hidden[static_cast<size_t>(row)] == informing[i]
              ? missing_number
              : static_cast<double>(std::isnan(data(row, informing[i])));
  return result;
}

double BayesClassifier::typicality_of(std::span<const double> distances, size_t features) const {
  double least = std::numeric_limits<double>::infinity();
  for (const size_t g : group_of) least = std::min(least, distances[g]);
  return std::isfinite(least) ? chi_squared_tail(least, static_cast<int>(features)) : 0;
}

BayesDensity::BayesDensity(const BayesClassifier& classifier, const Prior& prior)
    : classifier_(classifier), answer_(classifier.answer(prior.drawn)) {
  if (!prior.own.empty()) shift_ = classifier.prior(prior).cwiseQuotient(answer_.evidence.prior);
}

BayesDensity::Classes BayesDensity::operator()(const Matrix& data, const Matrix& variance,
                                               const Threads& threads,
                                               std::span<const Eigen::Index> hidden) const {
  const auto rows = static_cast<size_t>(data.rows());
  const size_t learned = classifier_.learned.size();
  const size_t groups = classifier_.group_count();
  const Matrix extra = excess(variance, classifier_.typical_variance);
  const Matrix with_gaps =
      classifier_.informing.empty() ? Matrix() : tree_data(data, classifier_.informing, hidden);
  std::vector<size_t> all(rows);
  for (size_t row = 0; row < rows; ++row) all[row] = row;
  const std::vector<AlikeRows> alike = alike_rows(data, extra, all, rows_at_a_time);
  BasePredictions sums = BasePredictions::zero(rows, learned, groups);
  Classes result{Matrix(data.rows(), static_cast<long>(learned)),
                 std::vector<double>(rows, missing_number)};
  Vector prior = answer_.evidence.prior;
  if (shift_.size() > 0) prior = prior.cwiseProduct(shift_);
  result.probabilities.rowwise() = (prior / prior.sum()).transpose();
  threads.run(alike.size(), [&](size_t i) {
    const AlikeRows& part = alike[i];
    for (const BayesReplicate& replicate : classifier_.replicates)
      add_predictions(replicate, data, with_gaps.size() ? with_gaps : data, part,
                      classifier_.group_of, sums);
    const auto count = static_cast<double>(classifier_.replicates.size());
    for (const size_t row : part.rows) {
      const auto r = static_cast<Eigen::Index>(row);
      sums.trees.row(r) /= count;
      sums.gaussians.row(r) /= count;
      answer_.calibration.apply(sums.trees.row(r).data(), sums.gaussians.row(r).data(),
                                result.probabilities.row(r).data());
      if (shift_.size() > 0) {
        auto probabilities = result.probabilities.row(r);
        probabilities.array() *= shift_.transpose().array();
        probabilities /= probabilities.sum();
      }
      sums.distances.row(r) /= count;
      const double typical = classifier_.typicality_of(
          std::span<const double>(sums.distances.row(r).data(), groups), part.present.size());
      double& p = result.p_known[row] = 0;
      for (const size_t g : classifier_.group_of)
        p = std::max(p, classifier_.typicality[g].p_value(typical));
    }
  });
  return result;
}

}  // namespace uhuru::method
