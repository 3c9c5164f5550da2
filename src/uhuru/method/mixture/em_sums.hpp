// The sums over rows that EM needs, and the mixture that results from them.
#pragma once

#include <limits>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/method/mixture/gaussian_mixture.hpp"
#include "uhuru/method/mixture/row_blocks.hpp"

namespace uhuru::method {

/// Sums over rows, weighted with the responsibilities, relative to a center per component.
struct Sums {
  double log_likelihood = 0;
  Matrix moments;  // K × moment_count(D), see kernels.hpp
};

/// Computes the sums over all rows; `responsibilities(number, block, out)` writes those of a block
/// and returns its log-likelihood.
template <class Responsibilities>
Sums sum_rows(const RowBlocks& rows, const Matrix& centers, const Threads& threads,
              const Responsibilities& responsibilities) {
  const auto k = static_cast<size_t>(centers.rows());
  const size_t count = moment_count(rows.features());
  std::vector<Sums> parts(block_chunks(rows));
  for_blocks(rows, threads, [&](size_t first, size_t last, size_t chunk) {
    BlockReader block(rows);
    AlignedDoubles responsible(k * block_rows);
    AlignedDoubles lanes(k * count * sum_lanes);
    Sums part;
    for (size_t b = first; b < last; ++b) {
      const double* values = block(b);
      part.log_likelihood += responsibilities(b, values, responsible.data());
      for (size_t c = 0; c < k; ++c)
        add_moments_block(values, rows.features(), centers.row(static_cast<long>(c)).data(),
                          responsible.data() + c * block_rows,
                          lanes.data() + c * count * sum_lanes);
    }
    part.moments.resize(static_cast<long>(k), static_cast<long>(count));
    for (size_t i = 0; i < k * count; ++i)
      part.moments.data()[i] = sum_of_lanes(lanes.data() + i * sum_lanes);
    parts[chunk] = std::move(part);
  });
  Sums total = std::move(parts[0]);
  for (size_t i = 1; i < parts.size(); ++i) {
    total.log_likelihood += parts[i].log_likelihood;
    total.moments += parts[i].moments;
  }
  return total;
}

/// The M-step: the mixture that results from the sums relative to `centers`.
GaussianMixture mixture_from_sums(const Sums& sums, const Matrix& centers, double covariance_floor);

}  // namespace uhuru::method
