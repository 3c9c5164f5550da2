// Rows of features in blocks for the kernels, in memory or, where they are too many, in a file.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/mixture/kernels.hpp"

namespace uhuru {

/// Doubles aligned for the kernels, zeros at first.
class AlignedDoubles {
 public:
  AlignedDoubles() = default;
  explicit AlignedDoubles(size_t size)
      : memory_(static_cast<double*>(::operator new(size * sizeof(double), alignment))),
        size_(size) {
    std::fill_n(memory_.get(), size, 0.0);
  }
  double* data() { return memory_.get(); }
  const double* data() const { return memory_.get(); }
  size_t size() const { return size_; }
  double& operator[](size_t i) { return memory_.get()[i]; }
  double operator[](size_t i) const { return memory_.get()[i]; }

 private:
  static constexpr std::align_val_t alignment{64};
  struct Free {
    void operator()(double* memory) const { ::operator delete(memory, alignment); }
  };
  std::unique_ptr<double[], Free> memory_;
  size_t size_ = 0;
};

/// Fills a block with the rows from `begin` on, at most block_rows of them, and zeros.
void load_block(const Eigen::Ref<const Matrix>& data, size_t begin, double* block);

/// Many rows of the same features, none missing.
///
/// Up to `memory_bytes` they stay in memory as doubles. Beyond, all go to an unnamed temporary file
/// in single precision, and what is computed of them is still computed in double; so 10⁸ rows of 12
/// features take 4.8 GB of disk and no memory. Reading (BlockReader) from several threads is safe,
/// changing is not. Throws Error (input) where the file cannot be made, written or read.
class RowBlocks {
 public:
  static constexpr size_t default_memory_bytes = size_t{1} << 29;

  explicit RowBlocks(size_t features, size_t memory_bytes = default_memory_bytes);
  /// All rows of a matrix, in memory.
  explicit RowBlocks(const Eigen::Ref<const Matrix>& data);
  ~RowBlocks();
  RowBlocks(RowBlocks&&) = delete;

  size_t rows() const { return rows_; }
  size_t features() const { return features_; }
  size_t blocks() const { return (rows_ + block_rows - 1) / block_rows; }
  /// Rows of a block: block_rows, of the last one perhaps fewer.
  size_t valid(size_t block) const { return std::min(block_rows, rows_ - block * block_rows); }

  /// Adds a row: its features, one after the other.
  void append(const double* row);
  /// Replaces each value by `change(feature, value)`, which is called from several threads.
  void transform(const std::function<double(size_t feature, double value)>& change,
                 const Threads& threads);
  /// One feature of all rows.
  std::vector<double> column(size_t feature) const;

 private:
  friend class BlockReader;
  // Blocks are kept and read some at a time; this many make a piece.
  static constexpr size_t piece_blocks = 32;
  size_t block_size() const { return features_ * block_rows; }
  size_t piece_size() const { return block_size() * piece_blocks; }
  void write_piece(size_t piece, const double* values);
  void read_piece(size_t piece, float* values) const;
  void spill();

  size_t features_, memory_bytes_;
  size_t rows_ = 0;
  std::vector<AlignedDoubles> pieces_;  // all of them, or only the last one where there is a file
  std::FILE* file_ = nullptr;           // whole pieces, as floats
};

/// Gives the blocks of RowBlocks one after the other. One object a thread.
class BlockReader {
 public:
  /// `shift`, where given, is subtracted from each row: as many values as features, which must
  /// outlive the reader.
  explicit BlockReader(const RowBlocks& rows, const double* shift = nullptr);
  /// The values of a block, valid until the next call. With a shift, rows beyond the last are not
  /// zeros but hold its negative.
  const double* operator()(size_t block);

 private:
  const RowBlocks& rows_;
  const double* shift_;
  std::vector<float> piece_;
  size_t piece_number_ = static_cast<size_t>(-1);
  AlignedDoubles block_, shifted_;
};

/// Calls `work(first, last, chunk)` for chunks of blocks, in any order, from several threads.
/// Chunks depend on the number of rows alone: at most 64, so that their partial sums stay small,
/// and of at least eight blocks.
void for_blocks(const RowBlocks& rows, const Threads& threads,
                const std::function<void(size_t first, size_t last, size_t chunk)>& work);
/// How many chunks for_blocks makes.
size_t block_chunks(const RowBlocks& rows);

/// The median of each feature; NaN without rows. Goes through the rows three times and holds only
/// the values near the medians, so that it works at any number of rows.
std::vector<double> medians(const RowBlocks& rows, const Threads& threads);

}  // namespace uhuru
