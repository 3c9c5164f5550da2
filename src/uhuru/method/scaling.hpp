// Scaling of the features before clustering. [PD24] sec. 3.2
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/method/settings.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// The scaling of one feature: identity, (x - lo) / (hi - lo), or (ln(x + offset) - lo) / (hi -
/// lo).
struct FeatureScale {
  Transform transform = Transform::identity;
  double offset = 0;
  double lo = 0;
  double hi = 1;

  /// The scaled value; NaN for NaN, if the logarithm of x + offset is undefined, and if the result
  /// is beyond the largest number.
  double apply(double value) const;
  /// The value that scales to `scaled`.
  double invert(double scaled) const;
};

/// One FeatureScale per feature. Thread-safe for reading.
using Scaling = std::vector<FeatureScale>;

/// The input of a scaling: statistics of a feature over all rows, none missing.
struct FeatureRange {
  double least = std::numeric_limits<double>::infinity();
  double greatest = -std::numeric_limits<double>::infinity();
  double least_positive = std::numeric_limits<double>::infinity();

  void add(double value) {
    least = std::min(least, value);
    greatest = std::max(greatest, value);
    if (value > 0) least_positive = std::min(least_positive, value);
  }
};

/// Fits the scaling to the ranges of the features over `rows` rows. The offset of log-minmax is a
/// tenth of the smallest positive value.
///
/// Throws Error (input) if a feature is constant, or negative under a logarithm.
Scaling fit_scaling(std::span<const FeatureRange> ranges, uint64_t rows,
                    std::span<const FeatureSettings> features);
/// The same for the rows of `values` (rows × features, none missing).
Scaling fit_scaling(const MatrixView& values, std::span<const FeatureSettings> features);

/// The scaled rows of `values` (rows × features); missing values remain NaN.
Matrix scaled(const Scaling& scaling, const MatrixView& values);

/// The variances of the measurement errors of scaled features: half the distance between the scaled
/// limits (rows × features), squared; 0 if they are unknown or out of order. No rows if there are
/// no limits. Thread-safe.
Matrix scaled_variance(const Scaling& scaling, const MatrixView& lower, const MatrixView& upper);

/// The median of the non-missing values of each column; NaN if there are none.
std::vector<double> medians(const MatrixView& values);

}  // namespace uhuru::method
#pragma GCC visibility pop
