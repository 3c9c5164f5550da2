#include "uhuru/method/classify/evidence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace uhuru::method {

void Evidence::combine(const MatrixView& probabilities, std::span<const size_t> rows,
                       double* result) const {
  const double each = std::pow(static_cast<double>(rows.size()), exponent - 1);
  Vector logarithms(detection_prior.size());
  for (Eigen::Index l = 0; l < logarithms.size(); ++l) {
    const auto column = static_cast<Eigen::Index>(learned[static_cast<size_t>(l)]);
    double sum = 0;
    for (const size_t row : rows)
      sum += std::log(std::max(1e-300, probabilities(static_cast<long>(row), column)));
    const double log_prior = std::log(detection_prior[l]);
    logarithms[l] = prior_shift * (std::log(source_prior[l]) - log_prior) + log_prior +
                    each * (sum - static_cast<double>(rows.size()) * log_prior);
  }
  std::fill_n(result, probabilities.cols(), 0.0);
  const double most = logarithms.maxCoeff();
  double sum = 0;
  for (Eigen::Index l = 0; l < logarithms.size(); ++l)
    sum += result[number_of(learned[static_cast<size_t>(l)])] = std::exp(logarithms[l] - most);
  for (const ClassId id : learned) result[number_of(id)] /= sum;
}

Evidence fit_evidence(const Matrix& probabilities, std::span<const int> classes,
                      std::span<const size_t> sources, const Vector& detection_prior,
                      const Vector& source_prior) {
  std::vector<std::vector<size_t>> rows_of;
  for (size_t row = 0; row < sources.size(); ++row) {
    if (sources[row] >= rows_of.size()) rows_of.resize(sources[row] + 1);
    rows_of[sources[row]].push_back(row);
  }
  std::vector<double> combined(static_cast<size_t>(detection_prior.size()));
  Evidence best, next;
  for (size_t l = 0; l < combined.size(); ++l) next.learned.push_back(ClassId(l));
  next.detection_prior = detection_prior;
  next.source_prior = source_prior;
  double least = std::numeric_limits<double>::infinity();
  for (int e = 0; e <= 10; ++e)
    for (int s = 0; s <= 4; ++s) {
      next.exponent = e / 10.0;
      next.prior_shift = s / 4.0;
      double loss = 0;
      for (const auto& rows : rows_of) {
        if (rows.empty()) continue;
        next.combine(probabilities, rows, combined.data());
        loss -= std::log(std::max(1e-300, combined[static_cast<size_t>(classes[rows[0]])]));
      }
      if (loss >= least) continue;
      least = loss;
      best = next;
    }
  return best;
}

}  // namespace uhuru::method
