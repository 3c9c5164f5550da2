#include "uhuru/method/scaling.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "uhuru/base/error.hpp"
#include "uhuru/base/missing.hpp"
#include "uhuru/base/numpy.hpp"

namespace uhuru::method {

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
  if (transform == Transform::log_minmax) {
    if (!(value + offset > 0)) return missing_number;
    value = std::log(value + offset);
  }
  if (transform != Transform::identity) value = (value - lo) / (hi - lo);
  return std::isfinite(value) ? value : missing_number;
}

double FeatureScale::invert(double scaled) const {
  if (transform == Transform::identity) return scaled;
  const double value = lo + scaled * (hi - lo);
  return transform == Transform::log_minmax ? std::exp(value) - offset : value;
}

Scaling fit_scaling(std::span<const FeatureRange> ranges, uint64_t rows,
                    std::span<const FeatureSettings> features) {
  Scaling scaling;
  for (size_t f = 0; f < features.size(); ++f) {
    const std::string place = "feature " + features[f].name;
    FeatureScale scale;
    scale.transform = features[f].transform;
    scale.lo = ranges[f].least;
    scale.hi = ranges[f].greatest;
    if (scale.lo > scale.hi)
      throw input_error("a feature is missing in all detections", place,
                        "a value in two or more of them");
    if (scale.lo == scale.hi)
      throw input_error("a feature is constant and cannot separate anything", place,
                        "at least two distinct values",
                        shortest_text(scale.lo) + " in all " + std::to_string(rows) + " rows");
    if (scale.transform == Transform::identity) {
      scale.lo = 0;
      scale.hi = 1;
    } else if (scale.transform == Transform::log_minmax) {
      if (scale.lo < 0)
        throw input_error("a feature is negative and has no logarithm", place, "0 or more",
                          shortest_text(scale.lo));
      scale.offset = ranges[f].least_positive / 10;
      scale.lo = std::log(scale.lo + scale.offset);
      scale.hi = std::log(scale.hi + scale.offset);
    }
    scaling.push_back(scale);
  }
  return scaling;
}

Scaling fit_scaling(const MatrixView& values, std::span<const FeatureSettings> features) {
  std::vector<FeatureRange> ranges(features.size());
  for (Eigen::Index row = 0; row < values.rows(); ++row)
    for (size_t f = 0; f < ranges.size(); ++f)
      ranges[f].add(values(row, static_cast<Eigen::Index>(f)));
  return fit_scaling(ranges, static_cast<uint64_t>(values.rows()), features);
}

Matrix scaled(const Scaling& scaling, const MatrixView& values) {
  Matrix result(values.rows(), values.cols());
  for (Eigen::Index row = 0; row < result.rows(); ++row)
    for (Eigen::Index f = 0; f < result.cols(); ++f)
      result(row, f) = scaling[static_cast<size_t>(f)].apply(values(row, f));
  return result;
}

Matrix scaled_variance(const Scaling& scaling, const MatrixView& lower, const MatrixView& upper) {
  Matrix result = Matrix::Zero(lower.rows(), lower.cols());
  for (Eigen::Index row = 0; row < result.rows(); ++row)
    for (Eigen::Index f = 0; f < result.cols(); ++f) {
      const FeatureScale& scale = scaling[static_cast<size_t>(f)];
      const double half = (scale.apply(upper(row, f)) - scale.apply(lower(row, f))) / 2;
      if (half > 0 && std::isfinite(half)) result(row, f) = half * half;
    }
  return result;
}

std::vector<double> medians(const MatrixView& values) {
  std::vector<double> result;
  for (Eigen::Index f = 0; f < values.cols(); ++f) {
    std::vector<double> known;
    for (const double value : values.col(f))
      if (!std::isnan(value)) known.push_back(value);
    result.push_back(median(known));
  }
  return result;
}

}  // namespace uhuru::method
