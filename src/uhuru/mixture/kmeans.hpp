// k-means, the start of the mixture fit.
#pragma once

#include <vector>

#include "uhuru/base/numpy.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/mixture/row_blocks.hpp"

namespace uhuru {

/// The cluster of each row after k-means++ with 2 + ln k local trials and Lloyd's iterations, at
/// most 300, until no label changes or the centers move by less than 1e-4 of the mean variance. An
/// empty cluster takes the row that is farthest from its center.
///
/// Draws from `random` as scikit-learn's KMeans(k, n_init=1) does, so that it ends at the same
/// labels. The same at any number of threads. Needs 1 <= k <= rows.
/// Source: Arthur & Vassilvitskii 2007; Lloyd 1982.
std::vector<int> kmeans(const RowBlocks& rows, int k, RandomState& random, const Threads& threads);

}  // namespace uhuru
