// How well clusters are separated.
#pragma once

#include <span>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/method/ids.hpp"
#include "uhuru/method/mixture/row_blocks.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// The silhouette of each row: (b - a) / max(a, b), where a is its mean Euclidean distance to the
/// other rows of its cluster and b that to the rows of the nearest other cluster; 0 in a cluster of
/// one.
///
/// `clusters`: one per row. Time is quadratic in the number of rows; memory is
/// rows × (features + clusters) doubles. Identical for any number of threads. Throws Error (input)
/// if there are fewer than two clusters, or as many as rows. Source: Rousseeuw 1987.
std::vector<double> silhouettes(const RowBlocks& rows, std::span<const ClusterId> clusters,
                                const Threads& threads);
/// The mean silhouette.
double silhouette_score(const RowBlocks& rows, std::span<const ClusterId> clusters,
                        const Threads& threads);

}  // namespace uhuru::method
#pragma GCC visibility pop
