// Rows grouped by the features that they have.
#pragma once

#include <span>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/method/mixture/gaussian_mixture.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// Rows that have the same features, and lack the others.
struct Pattern {
  std::vector<Eigen::Index> present;  // the features, ascending
  std::vector<size_t> rows;           // ascending

  /// The rows of `data` with only these features: rows × present.
  Matrix values(const MatrixView& data) const;
};

/// The patterns of rows × D, NaN if missing, in the order of their first rows; a row without any
/// feature is in none. Thread-safe.
std::vector<Pattern> patterns_of(const MatrixView& data);
/// The same for some of the rows.
std::vector<Pattern> patterns_of(const MatrixView& data, std::span<const size_t> rows);

/// The mixture of the features that are present, the others integrated out. `extra_variance`: one
/// value per feature that is present, added to the diagonals; or none. Thread-safe.
GaussianMixture marginal(const GaussianMixture& mixture, std::span<const Eigen::Index> present,
                         std::span<const double> extra_variance = {});

/// What a Gaussian expects of the missing features: x - m = A (x_o - m_o) for the present features
/// o, with the covariance C (0 where a feature is present).
struct Expectation {
  Matrix a;  // D × present
  Matrix c;  // D × D
};
/// Throws Error (input) if the covariance of the present features is not positive definite.
/// Thread-safe. Source: Ghahramani & Jordan 1994.
Expectation expectation(const Matrix& covariance, std::span<const Eigen::Index> present);

}  // namespace uhuru::method
#pragma GCC visibility pop
