// Scaling of the features before clustering. [PD24] sec. 3.2
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/method/mixture/row_blocks.hpp"
#include "uhuru/method/settings.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// The scaling of one feature: x itself (identity), or (f(x) - lo) / (hi - lo), where f(x) is x
/// (minmax, standard), ln(x + offset) (log-minmax), log10(x), asinh(x / offset), or the part of the
/// rows with smaller values (rank). lo and hi are the extremes of f (minmax, log-minmax), 0 and 1
/// (rank), otherwise its mean, and its mean plus its standard deviation.
struct FeatureScale {
  Transform transform = Transform::identity;
  double offset = 0;
  double lo = 0;
  double hi = 1;
  /// Of a rank: values in increasing order, and their ranks from 0 to 1; linear between them.
  std::vector<double> knots = {}, ranks = {};

  /// The scaled value; NaN for NaN, if a logarithm is undefined, and if the result is too large to
  /// be squared.
  double apply(double value) const;
  /// The value that scales to `scaled`.
  double invert(double scaled) const;
};

/// One FeatureScale per feature. Thread-safe for reading.
using Scaling = std::vector<FeatureScale>;

/// The extremes of values, none missing; those of no values are infinite.
struct Extremes {
  double least = std::numeric_limits<double>::infinity();
  double greatest = -std::numeric_limits<double>::infinity();
  double least_positive = std::numeric_limits<double>::infinity();
  uint64_t count = 0;  // of the values

  void widen(double value) {
    least = std::min(least, value);
    greatest = std::max(greatest, value);
    if (value > 0) least_positive = std::min(least_positive, value);
    ++count;
  }
  void widen(const Extremes& others) {
    least = std::min(least, others.least);
    greatest = std::max(greatest, others.greatest);
    least_positive = std::min(least_positive, others.least_positive);
    count += others.count;
  }
};

/// The input of a scaling: statistics of a feature over all rows; missing ones are skipped. Means,
/// medians and ranks are those of `sample`: all values, or evenly spaced ones of more than 16,384.
struct FeatureRange : Extremes {
  std::vector<double> sample = {};

  void add(double value) {
    if (std::isnan(value)) return;
    if (count % stride_ == 0) add_to_sample(value);
    widen(value);
  }
  /// Of so many values, each that has a multiple of this number is in the sample.
  static uint64_t stride_of(uint64_t count);

 private:
  void add_to_sample(double value);

  uint64_t stride_ = 1;
};

/// Collective: the ranges of all features of the rows.
std::vector<FeatureRange> feature_ranges(const RowBlocks& rows, const Threads& threads);

/// Fits the scaling to the ranges of the features. The offset of log-minmax is a
/// tenth of the smallest positive value, that of asinh the median absolute value other than 0.
///
/// Throws Error (input) if a feature is constant, is too large to square, or has no logarithm: for
/// log-minmax if it is negative, for log10 also if it is 0.
Scaling fit_scaling(std::span<const FeatureRange> ranges,
                    std::span<const FeatureSettings> features);
/// The same for the rows of `values` (rows × features, none missing).
Scaling fit_scaling(const MatrixView& values, std::span<const FeatureSettings> features);

/// The scaled rows of `values` (rows × features); missing values remain NaN.
Matrix scaled(const Scaling& scaling, const MatrixView& values);

/// The variances of the measurement errors of scaled features: half the distance between the scaled
/// limits (rows × features), squared; the distance from their middle to the upper one, if the lower
/// one has no logarithm; 0 if they are unknown or out of order. No rows if there are no limits.
/// Thread-safe.
Matrix scaled_variance(const Scaling& scaling, const MatrixView& lower, const MatrixView& upper);

/// The median of the non-missing values of each column; NaN if there are none.
std::vector<double> medians(const MatrixView& values);

}  // namespace uhuru::method
#pragma GCC visibility pop
