// Scaling of the features before clustering. [PD24] sec. 3.2
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/features/recipe.hpp"

namespace uhuru {

/// The scaling of one feature: identity, (x - lo) / (hi - lo), or (ln(x + offset) - lo) / (hi -
/// lo).
struct FeatureScale {
  Transform transform = Transform::identity;
  double offset = 0;
  double lo = 0;
  double hi = 1;

  /// The scaled value; NaN for NaN, and where the logarithm of x + offset does not exist.
  double apply(double value) const;
  /// The value that scales to `scaled`.
  double invert(double scaled) const;
};

/// One FeatureScale a feature. Reading is thread-safe.
using Scaling = std::vector<FeatureScale>;

/// What a scaling is learned from: the values of a feature in all rows, none missing.
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

/// Learns the scaling from the ranges of the features over `rows` rows. log-minmax takes a tenth of
/// the smallest positive value as offset.
///
/// Throws Error (input) where a feature has the same value in every row, or a negative one under a
/// logarithm.
Scaling fit_scaling(std::span<const FeatureRange> ranges, uint64_t rows, const Recipe& recipe);
/// The same from the rows of `features` (detections × features, none missing).
Scaling fit_scaling(const Matrix& features, const Recipe& recipe);

/// Scales every row in place; missing values stay NaN.
void apply_scaling(const Scaling& scaling, Matrix& features);

/// The median of each column over its values that are there; NaN where there is none.
std::vector<double> medians(const Matrix& features);

}  // namespace uhuru
