// The sums over rows that EM needs, and the mixture that results from them.
#pragma once

#include <limits>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/method/mixture/chunk_sums.hpp"
#include "uhuru/method/mixture/gaussian_mixture.hpp"
#include "uhuru/method/mixture/row_blocks.hpp"

namespace uhuru::method {

/// Sums over rows, weighted with the responsibilities, relative to a center per component.
struct Sums {
  double log_likelihood = 0;
  Matrix moments;  // K × moment_count(D), see kernels.hpp
};

/// Computes the sums over all rows; `responsibilities(number, block, out)` writes those of a block
/// and returns its log-likelihood. Collective.
template <class Responsibilities>
Sums sum_rows(const RowBlocks& rows, const Matrix& centers, const Threads& threads,
              const Responsibilities& responsibilities) {
  const auto k = static_cast<size_t>(centers.rows());
  const size_t count = moment_count(rows.features());
  ChunkSums parts(rows, k * count + 1);
  for_blocks(rows, threads, [&](size_t first, size_t last, size_t chunk) {
    BlockReader block(rows);
    AlignedDoubles responsible(k * block_rows);
    AlignedDoubles lanes(k * count * sum_lanes);
    double* part = parts[chunk];
    double log_likelihood = 0;
    for (size_t b = first; b < last; ++b) {
      const double* values = block(b);
      log_likelihood += responsibilities(b, values, responsible.data());
      for (size_t c = 0; c < k; ++c)
        add_moments_block(values, rows.features(), centers.row(static_cast<long>(c)).data(),
                          responsible.data() + c * block_rows,
                          lanes.data() + c * count * sum_lanes);
    }
    for (size_t i = 0; i < k * count; ++i) part[i] = sum_of_lanes(lanes.data() + i * sum_lanes);
    part[k * count] = log_likelihood;
  });
  const std::vector<double> total = parts.total();
  return {total.back(),
          Eigen::Map<const Matrix>(total.data(), static_cast<long>(k), static_cast<long>(count))};
}

/// The M-step: the mixture that results from the sums relative to `centers`.
GaussianMixture mixture_from_sums(const Sums& sums, const Matrix& centers, double covariance_floor);

}  // namespace uhuru::method
