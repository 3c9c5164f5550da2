#include "uhuru/method/mixture/partial_gaussian.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "uhuru/base/error.hpp"

namespace uhuru::method {

PartialGaussian::PartialGaussian(const Vector& mean, const Matrix& covariance) : mean_(mean) {
  const Eigen::LLT<Matrix> cholesky(covariance);
  if (cholesky.info() != Eigen::Success || !covariance.allFinite() || !mean.allFinite())
    throw input_error("a covariance is not positive definite");
  precision_ = cholesky.solve(Matrix::Identity(covariance.rows(), covariance.cols()));
  for (Eigen::Index i = 0; i < covariance.rows(); ++i)
    log_determinant_ += 2 * std::log(cholesky.matrixLLT()(i, i));
}

PartialGaussian::Value PartialGaussian::operator()(const double* x,
                                                   const double* extra_variance) const {
  // With precision P and the open features A, which are missing or have an extra variance S: d² =
  // dᵀPd - vᵀ G⁻¹ v, where v = (Pd)_A, G = P_AA + S⁻¹ (Woodbury), and S⁻¹ is 0 for a missing
  // feature, whose d is set to 0; the determinant is multiplied by those of G and S.
  const auto dimensions = static_cast<size_t>(mean_.size());
  // Memory of the thread would need no allocation here, but glibc ends the program if there is no
  // memory left to register its destructor.
  std::vector<double> numbers(dimensions * (dimensions + 3));
  double* difference = numbers.data();
  double* image = difference + dimensions;
  double* g = image + dimensions;
  std::vector<size_t> open;
  open.reserve(dimensions);
  Value value{0, 0, static_cast<int>(dimensions)};
  double log_determinant = log_determinant_;
  for (size_t i = 0; i < dimensions; ++i) {
    const bool missing = std::isnan(x[i]);
    const double extra = extra_variance && !missing ? extra_variance[i] : 0.0;
    difference[i] = missing ? 0.0 : x[i] - mean_[static_cast<long>(i)];
    value.dimensions -= missing;
    if (missing || extra > 0) open.push_back(i);
    if (extra > 0) log_determinant += std::log(extra);
  }
  for (size_t i = 0; i < dimensions; ++i) {
    const double* row = precision_.data() + i * dimensions;
    double sum = 0;
    for (size_t j = 0; j < dimensions; ++j) sum += row[j] * difference[j];
    image[i] = sum;
    value.distance += difference[i] * sum;
  }
  // Computes the Cholesky factor of G row by row, along with the solution of L y = v.
  double* y = g + open.size() * open.size();
  for (size_t i = 0; i < open.size(); ++i) {
    double* row = g + i * open.size();
    y[i] = image[open[i]];
    for (size_t j = 0; j <= i; ++j) {
      double sum = precision_.data()[open[i] * dimensions + open[j]];
      if (i == j && extra_variance && !std::isnan(x[open[i]])) sum += 1 / extra_variance[open[i]];
      for (size_t k = 0; k < j; ++k) sum -= row[k] * g[j * open.size() + k];
      row[j] = i == j ? std::sqrt(sum) : sum / g[j * open.size() + j];
    }
    for (size_t k = 0; k < i; ++k) y[i] -= row[k] * y[k];
    y[i] /= row[i];
    value.distance -= y[i] * y[i];
    log_determinant += 2 * std::log(row[i]);
  }
  value.distance = std::max(0.0, value.distance);
  value.log_density =
      -0.5 * (value.dimensions * std::log(2 * std::numbers::pi) + log_determinant + value.distance);
  if (value.dimensions == 0) value = {};
  return value;
}

}  // namespace uhuru::method
