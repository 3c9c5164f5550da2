// Some rows of a matrix turned around, so that loops run over the rows of one feature and compilers
// make vector instructions of them. No sum changes its order by that.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "uhuru/base/matrix.hpp"

namespace uhuru {

/// Up to `capacity` rows of a matrix, feature by feature. Not thread-safe.
class RowBlock {
 public:
  static constexpr size_t capacity = 128;  // 12 features of them fit into the first cache

  explicit RowBlock(Eigen::Index features)
      : features_(static_cast<size_t>(features)), values_(features_ * capacity) {}

  /// Takes the rows [begin, end) of `data`; at most `capacity` of them.
  void load(const Eigen::Ref<const Matrix>& data, size_t begin, size_t end) {
    rows_ = end - begin;
    for (size_t row = 0; row < rows_; ++row) {
      const double* from = data.row(static_cast<Eigen::Index>(begin + row)).data();
      for (size_t f = 0; f < features_; ++f) values_[f * capacity + row] = from[f];
    }
  }
  size_t rows() const { return rows_; }
  size_t features() const { return features_; }
  const double* feature(size_t f) const { return values_.data() + f * capacity; }
  double* feature(size_t f) { return values_.data() + f * capacity; }

 private:
  size_t features_, rows_ = 0;
  std::vector<double> values_;
};

/// out[i] += factor × x[i].
inline void add_scaled(double* __restrict out, const double* __restrict x, double factor,
                       size_t n) {
  for (size_t i = 0; i < n; ++i) out[i] += factor * x[i];
}

/// The sum of x[i] × y[i], in eight partial sums.
inline double dot(const double* __restrict x, const double* __restrict y, size_t n) {
  double sums[8] = {};
  size_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (size_t lane = 0; lane < 8; ++lane) sums[lane] += x[i + lane] * y[i + lane];
  for (size_t lane = 0; i < n; ++i, ++lane) sums[lane] += x[i] * y[i];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

}  // namespace uhuru
