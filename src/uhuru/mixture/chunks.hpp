// How the rows of a fit are cut into chunks.
#pragma once

#include <algorithm>
#include <cstddef>

namespace uhuru {

/// Rows in a chunk of a sum over `rows` rows: at most 64 chunks, so that their partial sums stay
/// small, and of at least 2048 rows. Depends on nothing else, so that results do not either.
inline size_t sum_chunk_rows(size_t rows) { return std::max<size_t>(2048, (rows + 63) / 64); }

}  // namespace uhuru
