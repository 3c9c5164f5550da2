#include "uhuru/method/mixture/patterns.hpp"

#include <Eigen/Cholesky>
#include <cmath>
#include <map>
#include <numeric>

#include "uhuru/base/error.hpp"

namespace uhuru::method {
namespace {

Matrix part_of(const Matrix& matrix, std::span<const Eigen::Index> present) {
  const auto size = static_cast<Eigen::Index>(present.size());
  Matrix result(size, size);
  for (Eigen::Index i = 0; i < size; ++i)
    for (Eigen::Index j = 0; j < size; ++j)
      result(i, j) = matrix(present[static_cast<size_t>(i)], present[static_cast<size_t>(j)]);
  return result;
}

}  // namespace

Matrix Pattern::values(const MatrixView& data) const {
  Matrix result(static_cast<long>(rows.size()), static_cast<long>(present.size()));
  for (size_t i = 0; i < rows.size(); ++i)
    for (size_t f = 0; f < present.size(); ++f)
      result(static_cast<long>(i), static_cast<long>(f)) =
          data(static_cast<long>(rows[i]), present[f]);
  return result;
}

std::vector<Pattern> patterns_of(const MatrixView& data, std::span<const size_t> rows) {
  std::vector<Pattern> patterns;
  std::map<std::vector<bool>, size_t> numbers;
  std::vector<bool> key(static_cast<size_t>(data.cols()));
  for (const size_t row : rows) {
    bool any = false;
    for (Eigen::Index f = 0; f < data.cols(); ++f) {
      const bool has = !std::isnan(data(static_cast<long>(row), f));
      key[static_cast<size_t>(f)] = has;
      any |= has;
    }
    if (!any) continue;
    const auto [entry, fresh] = numbers.try_emplace(key, patterns.size());
    if (fresh) {
      Pattern& pattern = patterns.emplace_back();
      for (size_t f = 0; f < key.size(); ++f)
        if (key[f]) pattern.present.push_back(static_cast<long>(f));
    }
    patterns[entry->second].rows.push_back(row);
  }
  return patterns;
}

std::vector<Pattern> patterns_of(const MatrixView& data) {
  std::vector<size_t> rows(static_cast<size_t>(data.rows()));
  std::iota(rows.begin(), rows.end(), size_t{0});
  return patterns_of(data, rows);
}

GaussianMixture marginal(const GaussianMixture& mixture, std::span<const Eigen::Index> present,
                         std::span<const double> extra_variance) {
  GaussianMixture result;
  result.weights = mixture.weights;
  result.means.resize(mixture.components(), static_cast<long>(present.size()));
  for (size_t f = 0; f < present.size(); ++f)
    result.means.col(static_cast<long>(f)) = mixture.means.col(present[f]);
  for (const Matrix& covariance : mixture.covariances) {
    result.covariances.push_back(part_of(covariance, present));
    for (size_t f = 0; f < extra_variance.size(); ++f)
      result.covariances.back()(static_cast<long>(f), static_cast<long>(f)) += extra_variance[f];
  }
  return result;
}

Expectation expectation(const Matrix& covariance, std::span<const Eigen::Index> present) {
  const Eigen::Index d = covariance.rows();
  const auto size = static_cast<Eigen::Index>(present.size());
  std::vector<bool> known(static_cast<size_t>(d), false);
  for (const Eigen::Index f : present) known[static_cast<size_t>(f)] = true;
  Matrix columns(size, d);  // S_o,all
  for (Eigen::Index i = 0; i < size; ++i)
    columns.row(i) = covariance.row(present[static_cast<size_t>(i)]);
  Expectation result{Matrix::Zero(d, size), Matrix::Zero(d, d)};
  const Eigen::LLT<Matrix> cholesky(part_of(covariance, present));
  if (cholesky.info() != Eigen::Success) throw input_error("a covariance is not positive definite");
  const Matrix solved = cholesky.solve(columns);  // S_oo⁻¹ S_o,all
  for (Eigen::Index i = 0; i < size; ++i) result.a(present[static_cast<size_t>(i)], i) = 1;
  for (Eigen::Index u = 0; u < d; ++u) {
    if (known[static_cast<size_t>(u)]) continue;
    result.a.row(u) = solved.col(u).transpose();
    for (Eigen::Index v = 0; v < d; ++v)
      if (!known[static_cast<size_t>(v)])
        result.c(u, v) = covariance(u, v) - columns.col(u).dot(solved.col(v));
  }
  return result;
}

}  // namespace uhuru::method
