// Sums over the chunks of rows, in their order, whichever rank has them.
#pragma once

#include <span>
#include <vector>

#include "uhuru/method/mixture/row_blocks.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// Numbers of each chunk of the rows, equally many, which are added in the order of the chunks: the
/// sums are the same for any number of threads and ranks. Thread-safe for different chunks.
class ChunkSums {
 public:
  /// `count` numbers for each chunk, initially zero.
  ChunkSums(const RowBlocks& rows, size_t count)
      : ranks_(rows.ranks()),
        chunks_(rows.own_chunks()),
        count_(count),
        values_(chunks_.size() * count) {}

  /// The numbers of an own chunk.
  double* operator[](size_t chunk) { return values_.data() + (chunk - chunks_.begin) * count_; }

  /// Collective: the sums over the chunks of all ranks. Each rank adds some of the numbers, so that
  /// what a rank sends and adds becomes less with more of them.
  std::vector<double> total() const;
  /// Collective: the numbers of all chunks, in their order.
  std::vector<double> all() const { return ranks_.all_values(std::span<const double>(values_)); }

 private:
  const Communicator& ranks_;
  Range chunks_;
  size_t count_;
  std::vector<double> values_;
};

}  // namespace uhuru::method
#pragma GCC visibility pop
