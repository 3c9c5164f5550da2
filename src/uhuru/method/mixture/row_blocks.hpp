// Blocks of rows of features for the kernels, in memory or, if there are too many, in a file.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "uhuru/base/communicator.hpp"
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

/// Numbers from `begin` to before `end`.
struct Range {
  size_t begin = 0, end = 0;
  size_t size() const { return end - begin; }
};

/// Rows of the same features, none missing; of several ranks, each has some of them.
///
/// All rows together are cut into chunks, which depend on their number alone, and each rank has
/// whole chunks, in order: those of a matrix are in all ranks, and each works on its chunks of
/// them; others are appended by any ranks, and then dealt. Rows, blocks and chunks have the same
/// numbers in all ranks.
///
/// Up to `memory_bytes` for all rows, they are kept in memory as doubles. Beyond that, each rank
/// keeps its own in an unnamed temporary file in single precision; computations are still done in
/// double. 10⁸ rows of 12 features thus take 4.8 GB of disk and no memory. Thread-safe for reading
/// (BlockReader), not for writing. Throws Error (input) if the file cannot be created, written or
/// read.
class RowBlocks {
 public:
  static constexpr size_t default_memory_bytes = size_t{1} << 29;

  explicit RowBlocks(size_t features, size_t memory_bytes = default_memory_bytes,
                     const Communicator& ranks = Communicator::alone());
  /// The rows of a matrix, which must outlive it: they are not copied. All ranks have the same.
  explicit RowBlocks(const MatrixView& data, const Communicator& ranks = Communicator::alone());
  explicit RowBlocks(Matrix&&) = delete;
  ~RowBlocks();
  RowBlocks(RowBlocks&&) = delete;

  /// Of all ranks.
  size_t rows() const { return rows_; }
  size_t features() const { return features_; }
  size_t blocks() const { return (rows_ + block_rows - 1) / block_rows; }
  /// The number of rows in a block: block_rows, possibly fewer in the last one.
  size_t valid(size_t block) const { return std::min(block_rows, rows_ - block * block_rows); }

  /// Those of this rank; only they can be read here, unless the rows are a matrix.
  Range own_chunks() const { return chunks_of(ranks_->rank()); }
  Range own_blocks() const;
  Range own_rows() const { return rows_of(ranks_->rank()); }
  const Communicator& ranks() const { return *ranks_; }
  /// Whether the rows are in single precision: they exceed `memory_bytes`.
  bool is_single() const { return single_; }

  /// Appends a row, given by its consecutive features; not to the rows of a matrix.
  void append(const double* row);
  /// Collective, after the last row: those of rank 0 are the first, and so on. Each rank gets its
  /// chunks of them. Not for the rows of a matrix.
  void deal();
  /// Collective: brings one value for each own row back to where these rows were appended.
  template <class T>
  std::vector<T> where_appended(std::span<const T> of_own_rows) const;
  /// Replaces each value by `change(feature, value)`, which is called from several threads; not
  /// those of a matrix.
  void transform(const std::function<double(size_t feature, double value)>& change,
                 const Threads& threads);
  /// One feature of the own rows.
  std::vector<double> column(size_t feature) const;
  /// Collective: any row, its features.
  std::vector<double> row(size_t number) const;

 private:
  friend class BlockReader;
  // Blocks are stored and read in pieces of this many.
  static constexpr size_t piece_blocks = 32;
  static constexpr size_t piece_rows = piece_blocks * block_rows;
  size_t block_size() const { return features_ * block_rows; }
  size_t piece_size() const { return block_size() * piece_blocks; }
  bool exceeds_memory(size_t rows) const;
  /// `block`: of those that are stored here.
  const double* in_memory(size_t block) const {
    return pieces_[file_ ? 0 : block / piece_blocks].data() + block % piece_blocks * block_size();
  }
  void round_to_single(double* values, size_t count) const;
  void write_piece(size_t piece, const double* values);
  void read_piece(size_t piece, float* values) const;
  void spill();
  void take_stored(RowBlocks& other);
  Range chunks_of(int rank) const;
  Range rows_of(int rank) const;

  size_t features_, memory_bytes_;
  const Communicator* ranks_;
  size_t rows_ = 0;
  bool single_ = false;                 // whether values are in single precision
  std::vector<size_t> appended_;        // the first row that each rank appended, and their number
  std::optional<MatrixView> matrix_;    // whose rows these are
  size_t stored_ = 0;                   // rows that are stored here
  std::vector<AlignedDoubles> pieces_;  // all of them, or only the last one if there is a file
  Descriptor file_;                     // whole pieces, as floats
};

template <class T>
std::vector<T> RowBlocks::where_appended(std::span<const T> of_own_rows) const {
  if (ranks_->is_alone()) return {of_own_rows.begin(), of_own_rows.end()};
  const Range own = own_rows();
  std::vector<std::string> to_each;
  for (size_t r = 0; r + 1 < appended_.size(); ++r) {
    const size_t begin = std::clamp(appended_[r], own.begin, own.end);
    const size_t end = std::clamp(appended_[r + 1], own.begin, own.end);
    to_each.emplace_back(bytes_of(of_own_rows.subspan(begin - own.begin, end - begin)));
  }
  std::vector<T> result;
  for (const std::string& bytes : ranks_->all_to_all(to_each)) append_values(bytes, result);
  return result;
}

/// Reads the blocks of RowBlocks consecutively. Use one object per thread.
class BlockReader {
 public:
  /// `shift`, if given, is subtracted from each row: one value per feature; must outlive the
  /// reader.
  explicit BlockReader(const RowBlocks& rows, const double* shift = nullptr);
  /// The values of a block of this rank, valid until the next call. With a shift, rows beyond the
  /// last contain its negative instead of zeros.
  const double* operator()(size_t block);
  /// Copies a row: feature f to out[f * step]. Reads no more of its block.
  void copy_row(size_t row, double* out, size_t step = block_rows);

 private:
  const float* in_file(size_t block);

  const RowBlocks& rows_;
  const double* shift_;
  size_t first_;  // the first block that is stored here
  std::vector<float> piece_;
  size_t piece_number_ = static_cast<size_t>(-1);
  AlignedDoubles block_, shifted_;
};

/// Calls `work(first, last, chunk)` for the own chunks of blocks, in any order, from several
/// threads. Chunks depend only on the number of rows: 64 of them for small tables, of at least
/// eight blocks, so that their partial sums stay small; up to 4,096 for larger ones.
void for_blocks(const RowBlocks& rows, const Threads& threads,
                const std::function<void(size_t first, size_t last, size_t chunk)>& work);
/// The number of blocks in a chunk, except the last.
size_t chunk_blocks(const RowBlocks& rows);
/// The number of chunks of all ranks.
size_t block_chunks(const RowBlocks& rows);

/// Collective: the median of each feature; NaN if there are no rows. No value may be missing. Reads
/// the rows three times, or more often if outliers are so far away that more than `most_kept`
/// values of a feature are alike beside them: so many are in memory.
std::vector<double> medians(const RowBlocks& rows, const Threads& threads,
                            size_t most_kept = size_t{1} << 20);

}  // namespace uhuru::method
#pragma GCC visibility pop
