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

double interpolated(const std::vector<double>& from, const std::vector<double>& to, double value) {
  const auto above = std::upper_bound(from.begin(), from.end(), value);
  if (above == from.begin()) return to.front();
  if (above == from.end()) return to.back();
  const auto i = static_cast<size_t>(above - from.begin());
  return to[i - 1] + (value - from[i - 1]) / (from[i] - from[i - 1]) * (to[i] - to[i - 1]);
}

/// f(x) of FeatureScale.
double transformed(const FeatureScale& scale, double value) {
  switch (scale.transform) {
    case Transform::log_minmax:
      return value + scale.offset > 0 ? std::log(value + scale.offset) : missing_number;
    case Transform::log10:
      return value > 0 ? std::log10(value) : missing_number;
    case Transform::asinh:
      return std::asinh(value / scale.offset);
    case Transform::rank:
      return std::isnan(value) ? missing_number : interpolated(scale.knots, scale.ranks, value);
    default:
      return value;
  }
}

/// Knots at evenly spaced ranks of the sample; equal values have their middle rank.
void fit_ranks(std::vector<double> sample, FeatureScale& scale) {
  constexpr size_t most_steps = 128;
  std::sort(sample.begin(), sample.end());
  const size_t steps = std::min(most_steps, sample.size() - 1);
  const auto last = static_cast<double>(sample.size() - 1);
  for (size_t k = 0; k <= steps; ++k) {
    const double value = sample[k * (sample.size() - 1) / steps];
    if (!scale.knots.empty() && scale.knots.back() == value) continue;
    const auto [begin, end] = std::equal_range(sample.begin(), sample.end(), value);
    scale.knots.push_back(value);
    scale.ranks.push_back(
        static_cast<double>((begin - sample.begin()) + (end - sample.begin()) - 1) / (2 * last));
  }
}

/// Sets lo and hi so that the sample has mean 0 and standard deviation 1.
void standardize(const std::vector<double>& sample, FeatureScale& scale) {
  double sum = 0, squares = 0;
  for (const double value : sample) sum += transformed(scale, value);
  const double mean = sum / static_cast<double>(sample.size());
  for (const double value : sample) {
    const double from_mean = transformed(scale, value) - mean;
    squares += from_mean * from_mean;
  }
  scale.lo = mean;
  scale.hi = mean + std::sqrt(squares / static_cast<double>(sample.size()));
}

/// The median absolute value of those other than 0.
double softening(const std::vector<double>& sample) {
  std::vector<double> sizes;
  for (const double value : sample)
    if (value != 0) sizes.push_back(std::abs(value));
  return sizes.empty() ? 1 : median(sizes);
}

FeatureScale fit_scale(const FeatureRange& range, Transform transform, const std::string& place) {
  FeatureScale scale;
  scale.transform = transform;
  const auto require = [&](bool defined, const char* expected) {
    if (!defined)
      throw input_error("a feature has values without logarithm", place, expected,
                        shortest_text(range.least));
  };
  switch (transform) {
    case Transform::identity:
      break;
    case Transform::minmax:
      scale.lo = range.least;
      scale.hi = range.greatest;
      break;
    case Transform::log_minmax:
      require(range.least >= 0, "0 or more; a range in the recipe makes others missing");
      scale.offset = range.least_positive / 10;
      scale.lo = std::log(range.least + scale.offset);
      scale.hi = std::log(range.greatest + scale.offset);
      break;
    case Transform::log10:
      require(range.least > 0,
              "above 0; a range in the recipe makes others missing, log-minmax and asinh allow 0");
      standardize(range.sample, scale);
      break;
    case Transform::asinh:
      scale.offset = softening(range.sample);
      standardize(range.sample, scale);
      break;
    case Transform::standard:
      standardize(range.sample, scale);
      break;
    case Transform::rank:
      fit_ranks(range.sample, scale);
      break;
  }
  return scale;
}

}  // namespace

namespace {

constexpr uint64_t most_in_sample = 16384;

}  // namespace

void FeatureRange::add_to_sample(double value) {
  sample.push_back(value);
  if (sample.size() < 2 * most_in_sample) return;
  for (size_t i = 0; i < most_in_sample; ++i) sample[i] = sample[2 * i];
  sample.resize(most_in_sample);
  stride_ *= 2;
}

uint64_t FeatureRange::stride_of(uint64_t count) {
  uint64_t stride = 1;
  while ((count + stride - 1) / stride >= 2 * most_in_sample) stride *= 2;
  return stride;
}

std::vector<FeatureRange> feature_ranges(const RowBlocks& rows, const Threads& threads) {
  const size_t stride = FeatureRange::stride_of(rows.rows());
  const size_t first_chunk = rows.own_chunks().begin;
  std::vector<std::vector<FeatureRange>> of_chunks(rows.own_chunks().size());
  for_blocks(rows, threads, [&](size_t first, size_t last, size_t chunk) {
    std::vector<FeatureRange> ranges(rows.features());
    BlockReader block(rows);
    for (size_t b = first; b < last; ++b) {
      const double* values = block(b);
      for (size_t f = 0; f < ranges.size(); ++f)
        for (size_t r = 0; r < rows.valid(b); ++r) {
          const double value = values[f * block_rows + r];
          ranges[f].widen(value);
          if ((b * block_rows + r) % stride == 0) ranges[f].sample.push_back(value);
        }
    }
    of_chunks[chunk - first_chunk] = std::move(ranges);
  });
  const Communicator& ranks = rows.ranks();
  std::vector<FeatureRange> result(rows.features());
  for (size_t f = 0; f < result.size(); ++f) {
    FeatureRange own;
    for (const auto& ranges : of_chunks) {
      own.widen(ranges[f]);
      own.sample.insert(own.sample.end(), ranges[f].sample.begin(), ranges[f].sample.end());
    }
    for (const Extremes& extremes : ranks.of_each(static_cast<const Extremes&>(own)))
      result[f].widen(extremes);
    result[f].sample = ranks.all_values(std::span<const double>(own.sample));
  }
  return result;
}

double FeatureScale::apply(double value) const {
  constexpr double largest = 1e150;  // distances are squared, and summed
  const double scaled =
      transform == Transform::identity ? value : (transformed(*this, value) - lo) / (hi - lo);
  return std::abs(scaled) < largest ? scaled : missing_number;
}

double FeatureScale::invert(double scaled) const {
  const double value = lo + scaled * (hi - lo);
  switch (transform) {
    case Transform::identity:
      return scaled;
    case Transform::log_minmax:
      return std::exp(value) - offset;
    case Transform::log10:
      return std::pow(10, value);
    case Transform::asinh:
      return std::sinh(value) * offset;
    case Transform::rank:
      return interpolated(ranks, knots, value);
    default:
      return value;
  }
}

Scaling fit_scaling(std::span<const FeatureRange> ranges,
                    std::span<const FeatureSettings> features) {
  Scaling scaling;
  for (size_t f = 0; f < features.size(); ++f) {
    const std::string place = "feature " + features[f].name;
    const FeatureRange& range = ranges[f];
    if (range.least > range.greatest)
      throw input_error("a feature is missing in all detections", place,
                        "a value in two or more of them");
    if (range.least == range.greatest)
      throw input_error("a feature is constant and cannot separate anything", place,
                        "at least two distinct values",
                        shortest_text(range.least) + " in all " + std::to_string(range.count) +
                            " rows that have it");
    FeatureScale scale = fit_scale(range, features[f].transform, place);
    if (!(scale.lo < scale.hi) || !std::isfinite(scale.lo) || !std::isfinite(scale.hi))
      throw input_error(
          "a feature cannot be scaled", place,
          "values that differ, and whose squares are no larger than 1e308; a range in "
          "the recipe makes others missing",
          shortest_text(range.least) + " to " + shortest_text(range.greatest));
    scaling.push_back(std::move(scale));
  }
  return scaling;
}

Scaling fit_scaling(const MatrixView& values, std::span<const FeatureSettings> features) {
  std::vector<FeatureRange> ranges(features.size());
  for (Eigen::Index row = 0; row < values.rows(); ++row)
    for (size_t f = 0; f < ranges.size(); ++f)
      ranges[f].add(values(row, static_cast<Eigen::Index>(f)));
  return fit_scaling(ranges, features);
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
      const double above = scale.apply(upper(row, f)), below = scale.apply(lower(row, f));
      const double half = std::isnan(below)
                              ? above - scale.apply((lower(row, f) + upper(row, f)) / 2)
                              : (above - below) / 2;
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
