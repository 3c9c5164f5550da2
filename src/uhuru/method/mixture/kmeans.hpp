// k-means, the initialization of the mixture fit.
#pragma once

#include <vector>

#include "uhuru/base/numpy.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/method/mixture/row_blocks.hpp"

namespace uhuru::method {

/// The cluster of each own row after k-means++ with 2 + ln k local trials and at most 300 Lloyd
/// iterations, until no label changes or the centers move by less than 1e-4 of the mean variance.
/// An empty cluster gets the row farthest from its center.
///
/// Draws from `random` as scikit-learn's KMeans(k, n_init=1) does, so the labels are the same.
/// Identical for any number of threads and ranks; collective over the ranks of the rows. Requires 1
/// <= k <= rows. Source: Arthur & Vassilvitskii 2007; Lloyd 1982; Hamerly 2010.
std::vector<int> kmeans(const RowBlocks& rows, int k, RandomState& random, const Threads& threads);

/// Draws from `random` what kmeans() of so many rows draws: what it draws next is then that of the
/// next start.
void skip_kmeans(size_t rows, int k, RandomState& random);

/// The same iterations from given centers, K × D.
std::vector<int> kmeans_from(const RowBlocks& rows, const Matrix& centers, const Threads& threads);

}  // namespace uhuru::method
