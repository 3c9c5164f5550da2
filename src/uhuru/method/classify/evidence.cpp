#include "uhuru/method/classify/evidence.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace uhuru::method {

void Evidence::combine(const MatrixView& probabilities, std::span<const size_t> rows,
                       double* result) const {
  const auto count = static_cast<double>(rows.size());
  const double each = std::pow(count, exponent - 1);
  constexpr double never = -std::numeric_limits<double>::infinity();
  Vector logarithms(prior.size());
  for (Eigen::Index l = 0; l < logarithms.size(); ++l) {
    const auto column = static_cast<Eigen::Index>(learned[static_cast<size_t>(l)]);
    double sum = 0;
    for (const size_t row : rows)
      sum += std::log(std::max(1e-300, probabilities(static_cast<long>(row), column)));
    const double log_prior = std::log(prior[l]);
    logarithms[l] = prior[l] > 0
                        ? log_prior + slope[l] * std::log(count) + each * (sum - count * log_prior)
                        : never;
  }
  std::fill_n(result, probabilities.cols(), 0.0);
  const double most = logarithms.maxCoeff();
  double sum = 0;
  for (Eigen::Index l = 0; l < logarithms.size(); ++l)
    sum += result[number_of(learned[static_cast<size_t>(l)])] = std::exp(logarithms[l] - most);
  for (const ClassId id : learned) result[number_of(id)] /= sum;
}

namespace {

/// A source with several detections, as the fit of slopes sees it.
struct CombinedSource {
  double weight, log_count;
  Vector groups;  // probabilities without slopes
  Eigen::Index truth;
};

/// The slopes of the groups that minimise the penalized log loss, by Newton's method: it is convex.
Vector fit_slopes(const std::vector<CombinedSource>& sources, double total_weight,
                  Eigen::Index groups) {
  constexpr double penalty = 0.01;  // of a slope of 1, in units of the loss of all sources
  Vector slopes = Vector::Zero(groups);
  for (int step = 0; step < 20; ++step) {
    Vector gradient = 2 * penalty * slopes;
    Matrix hessian = 2 * penalty * Matrix::Identity(groups, groups);
    for (const CombinedSource& source : sources) {
      Vector p = source.groups.array() * (slopes * source.log_count).array().exp();
      p /= p.sum();
      const double weight = source.weight / total_weight;
      gradient += weight * source.log_count * p;
      gradient[source.truth] -= weight * source.log_count;
      const double squared = weight * source.log_count * source.log_count;
      hessian.diagonal() += squared * p;
      hessian -= squared * p * p.transpose();
    }
    const Vector change = hessian.ldlt().solve(gradient);
    slopes -= change;
    if (change.norm() < 1e-9) break;
  }
  return slopes;
}

}  // namespace

Evidence fit_evidence(const Matrix& probabilities, std::span<const int> classes,
                      std::span<const size_t> sources, std::span<const double> weights,
                      const Vector& prior, std::span<const size_t> group_of) {
  std::vector<std::vector<size_t>> rows_of;
  std::vector<double> weight_of;
  double total = 0;
  for (size_t row = 0; row < sources.size(); ++row) {
    if (sources[row] >= rows_of.size()) rows_of.resize(sources[row] + 1);
    weight_of.resize(rows_of.size(), 0.0);
    rows_of[sources[row]].push_back(row);
    weight_of[sources[row]] += weights[row];
    total += weights[row];
  }
  std::vector<double> combined(static_cast<size_t>(prior.size()));
  Evidence best, next;
  for (size_t l = 0; l < combined.size(); ++l) next.learned.push_back(ClassId(l));
  next.prior = prior;
  const auto groups =
      static_cast<Eigen::Index>(*std::max_element(group_of.begin(), group_of.end()) + 1);
  double least = std::numeric_limits<double>::infinity();
  for (int e = 0; e <= 20; ++e) {
    next.exponent = e / 20.0;
    next.slope = Vector::Zero(prior.size());
    std::vector<CombinedSource> several;
    for (size_t source = 0; source < rows_of.size(); ++source) {
      const auto& rows = rows_of[source];
      if (rows.size() < 2) continue;
      next.combine(probabilities, rows, combined.data());
      CombinedSource& to = several.emplace_back(CombinedSource{
          weight_of[source], std::log(static_cast<double>(rows.size())), Vector::Zero(groups),
          static_cast<Eigen::Index>(group_of[static_cast<size_t>(classes[rows[0]])])});
      for (size_t l = 0; l < combined.size(); ++l)
        to.groups[static_cast<long>(group_of[l])] += combined[l];
    }
    const Vector slopes = fit_slopes(several, total, groups);
    for (size_t l = 0; l < combined.size(); ++l)
      next.slope[static_cast<long>(l)] = slopes[static_cast<long>(group_of[l])];
    double loss = 0;
    for (size_t source = 0; source < rows_of.size(); ++source) {
      const auto& rows = rows_of[source];
      if (rows.empty()) continue;
      next.combine(probabilities, rows, combined.data());
      loss -= weight_of[source] *
              std::log(std::max(1e-300, combined[static_cast<size_t>(classes[rows[0]])]));
    }
    if (loss >= least) continue;
    least = loss;
    best = next;
  }
  return best;
}

}  // namespace uhuru::method
