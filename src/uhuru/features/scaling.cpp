#include "uhuru/features/scaling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "uhuru/base/error.hpp"

namespace uhuru {

namespace {
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
}

double FeatureScale::apply(double value) const {
  if (transform == Transform::identity) return value;
  if (transform == Transform::log_minmax) {
    if (!(value + offset > 0)) return nan;
    value = std::log(value + offset);
  }
  return (value - lo) / (hi - lo);
}

double FeatureScale::invert(double scaled) const {
  if (transform == Transform::identity) return scaled;
  const double value = lo + scaled * (hi - lo);
  return transform == Transform::log_minmax ? std::exp(value) - offset : value;
}

Scaling fit_scaling(const Matrix& features, const Recipe& recipe) {
  Scaling scaling;
  for (size_t f = 0; f < recipe.features.size(); ++f) {
    const auto column = features.col(f);
    const std::string place = "feature " + recipe.features[f].name;
    FeatureScale scale;
    scale.transform = recipe.features[f].transform;
    scale.lo = column.minCoeff();
    scale.hi = column.maxCoeff();
    if (scale.lo == scale.hi)
      throw input_error("a feature is constant, it separates nothing", place,
                        "at least two different values",
                        fmt::format("{} in all {} rows", scale.lo, features.rows()));
    if (scale.transform == Transform::identity) {
      scale.lo = 0;
      scale.hi = 1;
    } else if (scale.transform == Transform::log_minmax) {
      if (scale.lo < 0)
        throw input_error("a feature is negative, its logarithm does not exist", place, "0 or more",
                          fmt::format("{}", scale.lo));
      double smallest = std::numeric_limits<double>::infinity();
      for (const double value : column)
        if (value > 0) smallest = std::min(smallest, value);
      scale.offset = smallest / 10;
      scale.lo = std::log(scale.lo + scale.offset);
      scale.hi = std::log(scale.hi + scale.offset);
    }
    scaling.push_back(scale);
  }
  return scaling;
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
    if (values.empty()) {
      result.push_back(nan);
      continue;
    }
    std::sort(values.begin(), values.end());
    const size_t middle = values.size() / 2;
    result.push_back(values.size() % 2 ? values[middle]
                                       : (values[middle - 1] + values[middle]) / 2);
  }
  return result;
}

}  // namespace uhuru
