#include "uhuru/features/scaling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "uhuru/base/error.hpp"
#include "uhuru/base/missing.hpp"

namespace uhuru {

namespace {

/// The median of values, which are reordered; NaN if there are none.
double median(std::vector<double>& values) {
  if (values.empty()) return missing_number;
  const auto middle = values.begin() + static_cast<long>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

}  // namespace

double FeatureScale::apply(double value) const {
  if (transform == Transform::identity) return value;
  if (transform == Transform::log_minmax) {
    if (!(value + offset > 0)) return missing_number;
    value = std::log(value + offset);
  }
  return (value - lo) / (hi - lo);
}

double FeatureScale::invert(double scaled) const {
  if (transform == Transform::identity) return scaled;
  const double value = lo + scaled * (hi - lo);
  return transform == Transform::log_minmax ? std::exp(value) - offset : value;
}

Scaling fit_scaling(std::span<const FeatureRange> ranges, uint64_t rows, const Recipe& recipe) {
  Scaling scaling;
  for (size_t f = 0; f < recipe.features.size(); ++f) {
    const std::string place = "feature " + recipe.features[f].name;
    FeatureScale scale;
    scale.transform = recipe.features[f].transform;
    scale.lo = ranges[f].least;
    scale.hi = ranges[f].greatest;
    if (scale.lo == scale.hi)
      throw input_error("a feature is constant and cannot separate anything", place,
                        "at least two distinct values",
                        fmt::format("{} in all {} rows", scale.lo, rows));
    if (scale.transform == Transform::identity) {
      scale.lo = 0;
      scale.hi = 1;
    } else if (scale.transform == Transform::log_minmax) {
      if (scale.lo < 0)
        throw input_error("a feature is negative and has no logarithm", place, "0 or more",
                          fmt::format("{}", scale.lo));
      scale.offset = ranges[f].least_positive / 10;
      scale.lo = std::log(scale.lo + scale.offset);
      scale.hi = std::log(scale.hi + scale.offset);
    }
    scaling.push_back(scale);
  }
  return scaling;
}

Scaling fit_scaling(const Matrix& features, const Recipe& recipe) {
  std::vector<FeatureRange> ranges(static_cast<size_t>(features.cols()));
  for (Eigen::Index row = 0; row < features.rows(); ++row)
    for (size_t f = 0; f < ranges.size(); ++f) ranges[f].add(features(row, f));
  return fit_scaling(ranges, static_cast<uint64_t>(features.rows()), recipe);
}

void apply_scaling(const Scaling& scaling, Matrix& features) {
  for (Eigen::Index row = 0; row < features.rows(); ++row)
    for (size_t f = 0; f < scaling.size(); ++f)
      features(row, f) = scaling[f].apply(features(row, f));
}

std::vector<double> medians(const Matrix& features) {
  std::vector<double> result;
  for (Eigen::Index f = 0; f < features.cols(); ++f) {
    std::vector<double> values;
    for (const double value : features.col(f))
      if (!std::isnan(value)) values.push_back(value);
    result.push_back(median(values));
  }
  return result;
}

}  // namespace uhuru
