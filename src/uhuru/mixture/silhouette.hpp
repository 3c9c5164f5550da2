// How well clusters are apart.
#pragma once

#include <span>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/mixture/row_blocks.hpp"

namespace uhuru {

/// The silhouette of each row: (b - a) / max(a, b), a being its mean Euclidean distance to the
/// other rows of its cluster and b that to the rows of the nearest other cluster; 0 in a cluster of
/// one.
///
/// `labels`: of each row, 0 or more. Takes a time that grows with the square of the rows, and
/// memory for rows × (features + clusters) doubles. The same bytes at any number of threads. Throws
/// Error (input) where there are fewer than two clusters, or as many as rows. Source: Rousseeuw
/// 1987.
std::vector<double> silhouettes(const RowBlocks& rows, std::span<const int> labels,
                                const Threads& threads);
/// Their mean.
double silhouette_score(const RowBlocks& rows, std::span<const int> labels, const Threads& threads);

}  // namespace uhuru
