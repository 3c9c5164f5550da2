// Blocks of rows of features for the kernels, in memory or, if there are too many, in a file.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <vector>

#include "uhuru/base/descriptor.hpp"
#include "uhuru/base/matrix.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/method/mixture/kernels.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// Doubles aligned for the kernels, initially zero.
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

/// Fills a block with the rows from `begin` on, at most block_rows of them, and zeros; less
/// `shift`, if it is given.
void load_block(const MatrixView& data, size_t begin, double* block, const double* shift = nullptr);

/// Rows of the same features, none missing.
///
/// Up to `memory_bytes` they are kept in memory as doubles. Beyond that, all go to an unnamed
/// temporary file in single precision; computations are still done in double. 10⁸ rows of 12
/// features thus take 4.8 GB of disk and no memory. Thread-safe for reading (BlockReader), not for
/// writing. Throws Error (input) if the file cannot be created, written or read.
class RowBlocks {
 public:
  static constexpr size_t default_memory_bytes = size_t{1} << 29;

  explicit RowBlocks(size_t features, size_t memory_bytes = default_memory_bytes);
  /// The rows of a matrix, which must outlive it: they are not copied.
  explicit RowBlocks(const MatrixView& data);
  explicit RowBlocks(Matrix&&) = delete;
  ~RowBlocks();
  RowBlocks(RowBlocks&&) = delete;

  size_t rows() const { return rows_; }
  size_t features() const { return features_; }
  size_t blocks() const { return (rows_ + block_rows - 1) / block_rows; }
  /// The number of rows in a block: block_rows, possibly fewer in the last one.
  size_t valid(size_t block) const { return std::min(block_rows, rows_ - block * block_rows); }

  /// Appends a row, given by its consecutive features; not to the rows of a matrix.
  void append(const double* row);
  /// Replaces each value by `change(feature, value)`, which is called from several threads; not
  /// those of a matrix.
  void transform(const std::function<double(size_t feature, double value)>& change,
                 const Threads& threads);
  /// One feature of all rows.
  std::vector<double> column(size_t feature) const;

 private:
  friend class BlockReader;
  // Blocks are stored and read in pieces of this many.
  static constexpr size_t piece_blocks = 32;
  size_t block_size() const { return features_ * block_rows; }
  size_t piece_size() const { return block_size() * piece_blocks; }
  const double* in_memory(size_t block) const {
    return pieces_[file_ ? 0 : block / piece_blocks].data() + block % piece_blocks * block_size();
  }
  void write_piece(size_t piece, const double* values);
  void read_piece(size_t piece, float* values) const;
  void spill();

  size_t features_, memory_bytes_;
  size_t rows_ = 0;
  std::optional<MatrixView> matrix_;    // whose rows these are
  std::vector<AlignedDoubles> pieces_;  // all of them, or only the last one if there is a file
  Descriptor file_;                     // whole pieces, as floats
};

/// Reads the blocks of RowBlocks consecutively. Use one object per thread.
class BlockReader {
 public:
  /// `shift`, if given, is subtracted from each row: one value per feature; must outlive the
  /// reader.
  explicit BlockReader(const RowBlocks& rows, const double* shift = nullptr);
  /// The values of a block, valid until the next call. With a shift, rows beyond the last contain
  /// its negative instead of zeros.
  const double* operator()(size_t block);
  /// Copies a row: feature f to out[f * block_rows].
  void copy_row(size_t row, double* out);

 private:
  const float* in_file(size_t block);

  const RowBlocks& rows_;
  const double* shift_;
  std::vector<float> piece_;
  size_t piece_number_ = static_cast<size_t>(-1);
  AlignedDoubles block_, shifted_;
};

/// Calls `work(first, last, chunk)` for chunks of blocks, in any order, from several threads.
/// Chunks depend only on the number of rows: at most 64, so that their partial sums stay small, of
/// at least eight blocks each.
void for_blocks(const RowBlocks& rows, const Threads& threads,
                const std::function<void(size_t first, size_t last, size_t chunk)>& work);
/// The number of chunks used by for_blocks.
size_t block_chunks(const RowBlocks& rows);

/// The median of each feature; NaN if there are no rows. Reads the rows three times and stores only
/// the values near the medians, so that it works for any number of rows.
std::vector<double> medians(const RowBlocks& rows, const Threads& threads);

}  // namespace uhuru::method
#pragma GCC visibility pop
