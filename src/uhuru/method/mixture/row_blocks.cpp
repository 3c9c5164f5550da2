#include "uhuru/method/mixture/row_blocks.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include "uhuru/base/error.hpp"
#include "uhuru/base/temporary.hpp"

namespace uhuru::method {
namespace {

[[noreturn]] void file_failed(const char* what) {
  throw system_error(what, "the temporary file of features", "", std::strerror(errno));
}

}  // namespace

// Small tables have chunks that are large enough to be worth a task, large ones so many that each
// of a thousand processors has some.
size_t chunk_blocks(const RowBlocks& rows) {
  constexpr size_t least = 8, usual = 64, most_chunks = 4096;
  return std::max({least, std::min(usual, chunk_count(rows.blocks(), 64)),
                   chunk_count(rows.blocks(), most_chunks)});
}

void load_block(const MatrixView& data, size_t begin, double* block, const double* shift) {
  const auto stride = static_cast<size_t>(data.outerStride());
  block_of_rows(data.data() + begin * stride, stride,
                std::min(block_rows, static_cast<size_t>(data.rows()) - begin),
                static_cast<size_t>(data.cols()), shift, block);
}

RowBlocks::RowBlocks(size_t features, size_t memory_bytes, const Communicator& ranks)
    : features_(features), memory_bytes_(memory_bytes), ranks_(&ranks) {}

RowBlocks::RowBlocks(const MatrixView& data, const Communicator& ranks)
    : features_(static_cast<size_t>(data.cols())),
      memory_bytes_(0),
      ranks_(&ranks),
      rows_(static_cast<size_t>(data.rows())),
      matrix_(data) {}

RowBlocks::~RowBlocks() = default;

Range RowBlocks::chunks_of(int rank) const {
  const size_t chunks = block_chunks(*this);
  return {ranks_->part_begin(chunks, rank), ranks_->part_begin(chunks, rank + 1)};
}

Range RowBlocks::own_blocks() const {
  const Range chunks = own_chunks();
  const size_t size = chunk_blocks(*this);
  return {std::min(blocks(), chunks.begin * size), std::min(blocks(), chunks.end * size)};
}

Range RowBlocks::rows_of(int rank) const {
  const Range chunks = chunks_of(rank);
  const size_t size = chunk_blocks(*this) * block_rows;
  return {std::min(rows_, chunks.begin * size), std::min(rows_, chunks.end * size)};
}

bool RowBlocks::exceeds_memory(size_t rows) const {
  return chunk_count(rows, piece_rows) * piece_size() * sizeof(double) > memory_bytes_;
}

void RowBlocks::round_to_single(double* values, size_t count) const {
  if (single_)
    for (size_t i = 0; i < count; ++i)
      values[i] = static_cast<double>(static_cast<float>(values[i]));
}

void RowBlocks::append(const double* row) {
  const size_t in_piece = stored_ % piece_rows;
  if (in_piece == 0) {
    if (!file_ && exceeds_memory(stored_ + 1)) spill();
    if (!file_ || pieces_.empty())
      pieces_.emplace_back(piece_size());
    else
      std::fill_n(pieces_[0].data(), piece_size(), 0.0);
  }
  double* block = pieces_.back().data() + in_piece / block_rows * block_size();
  for (size_t f = 0; f < features_; ++f) {
    double* value = block + f * block_rows + in_piece % block_rows;
    *value = row[f];
    round_to_single(value, 1);
  }
  rows_ = ++stored_;
  if (file_ && in_piece + 1 == piece_rows) write_piece(stored_ / piece_rows - 1, pieces_[0].data());
}

void RowBlocks::deal() {
  if (ranks_->is_alone()) return;
  appended_ = {0};
  for (const size_t count : ranks_->of_each(stored_)) appended_.push_back(appended_.back() + count);
  const size_t all = appended_.back();
  RowBlocks dealt(features_, memory_bytes_, *ranks_);
  dealt.rows_ = all;
  std::vector<Range> owners;  // their rows
  for (int rank = 0; rank < ranks_->count(); ++rank) owners.push_back(dealt.rows_of(rank));
  if (exceeds_memory(all)) dealt.spill();
  BlockReader read(*this);
  std::vector<double> values;
  // Transfers are ordered by their rows. Each rank does its own in that order, so that the first
  // one that is not done always has both of its ranks waiting for it.
  constexpr size_t at_once = 8192;
  const auto rank = static_cast<size_t>(ranks_->rank());
  for (size_t from = 0; from < owners.size(); ++from)
    for (size_t to = 0; to < owners.size(); ++to) {
      if (from != rank && to != rank) continue;
      const size_t end = std::min(appended_[from + 1], owners[to].end);
      for (size_t at = std::max(appended_[from], owners[to].begin); at < end; at += at_once) {
        values.clear();
        if (from == rank) {
          values.resize((std::min(end, at + at_once) - at) * features_);
          for (size_t i = 0; i < values.size(); i += features_)
            read.copy_row(at - appended_[from] + i / features_, values.data() + i, 1);
        } else {
          append_values(ranks_->receive(static_cast<int>(from)), values);
        }
        if (to != rank)
          ranks_->send(static_cast<int>(to), bytes_of(std::span<const double>(values)));
        for (size_t i = 0; to == rank && i < values.size(); i += features_)
          dealt.append(values.data() + i);
      }
    }
  take_stored(dealt);
  rows_ = all;
}

void RowBlocks::take_stored(RowBlocks& other) {
  stored_ = other.stored_;
  single_ = other.single_;
  pieces_ = std::move(other.pieces_);
  file_ = std::move(other.file_);
}

void RowBlocks::spill() {
  file_ = open_temporary_file();
  if (!file_) file_failed("cannot create a temporary file");
  single_ = true;
  for (size_t piece = 0; piece < pieces_.size(); ++piece) write_piece(piece, pieces_[piece].data());
  pieces_.clear();
}

void RowBlocks::write_piece(size_t piece, const double* values) {
  std::vector<float> floats(values, values + piece_size());
  const size_t size = piece_size() * sizeof(float);
  const std::string_view bytes(reinterpret_cast<const char*>(floats.data()), size);
  if (!write_all_at(file_.get(), bytes, static_cast<off_t>(piece * size)))
    file_failed("cannot write");
}

void RowBlocks::read_piece(size_t piece, float* values) const {
  const size_t size = piece_size() * sizeof(float);
  if (!read_all_at(file_.get(), reinterpret_cast<char*>(values), size,
                   static_cast<off_t>(piece * size)))
    file_failed("cannot read");
}

void RowBlocks::transform(const std::function<double(size_t, double)>& change,
                          const Threads& threads) {
  const size_t pieces = chunk_count(stored_, piece_rows);
  threads.run(pieces, [&](size_t piece) {
    // With a file, the last piece is in memory until it is full.
    const bool in_memory = !file_ || (piece + 1 == pieces && stored_ % piece_rows != 0);
    std::vector<float> floats;
    AlignedDoubles copy;
    double* values = nullptr;
    if (in_memory) {
      values = file_ ? pieces_[0].data() : pieces_[piece].data();
    } else {
      floats.resize(piece_size());
      read_piece(piece, floats.data());
      copy = AlignedDoubles(piece_size());
      std::copy(floats.begin(), floats.end(), copy.data());
      values = copy.data();
    }
    const size_t end = std::min(stored_, (piece + 1) * piece_rows);
    for (size_t begin = piece * piece_rows; begin < end; begin += block_rows)
      for (size_t f = 0; f < features_; ++f) {
        double* at = values + begin % piece_rows * features_ + f * block_rows;
        const size_t n = std::min(block_rows, end - begin);
        for (size_t r = 0; r < n; ++r) at[r] = change(f, at[r]);
        round_to_single(at, n);
      }
    if (!in_memory) write_piece(piece, values);
  });
}

std::vector<double> RowBlocks::column(size_t feature) const {
  std::vector<double> result;
  const Range own = own_blocks();
  result.reserve(own.size() * block_rows);
  BlockReader block(*this);
  for (size_t b = own.begin; b < own.end; ++b) {
    const double* from = block(b) + feature * block_rows;
    result.insert(result.end(), from, from + valid(b));
  }
  return result;
}

std::vector<double> RowBlocks::row(size_t number) const {
  const Range own = own_rows();
  const bool is_here = matrix_ || (number >= own.begin && number < own.end);
  std::vector<double> values(is_here ? features_ : 0);
  if (is_here) BlockReader(*this).copy_row(number, values.data(), 1);
  return matrix_ ? values : ranks_->all_values(std::span<const double>(values));
}

BlockReader::BlockReader(const RowBlocks& rows, const double* shift)
    : rows_(rows),
      shift_(shift),
      first_(rows.matrix_ || rows.rows_ == rows.stored_ ? 0 : rows.own_blocks().begin) {
  if (rows.file_) piece_.resize(rows.piece_size());
  if (rows.file_ || rows.matrix_) block_ = AlignedDoubles(rows.block_size());
  if (shift && !rows.matrix_) shifted_ = AlignedDoubles(rows.block_size());
}

/// The block in the file; nullptr if it is in memory.
const float* BlockReader::in_file(size_t block) {
  const size_t piece = block / RowBlocks::piece_blocks;
  if (!rows_.file_ || (piece + 1) * RowBlocks::piece_rows > rows_.stored_) return nullptr;
  if (piece != piece_number_) rows_.read_piece(piece, piece_.data());
  piece_number_ = piece;
  return piece_.data() + block % RowBlocks::piece_blocks * rows_.block_size();
}

const double* BlockReader::operator()(size_t block) {
  if (rows_.matrix_) {
    load_block(*rows_.matrix_, block * block_rows, block_.data(), shift_);
    return block_.data();
  }
  block -= first_;
  const double* values = block_.data();
  if (const float* floats = in_file(block))
    std::copy_n(floats, rows_.block_size(), block_.data());
  else
    values = rows_.in_memory(block);
  if (!shift_) return values;
  shift_block(values, rows_.features_, shift_, shifted_.data());
  return shifted_.data();
}

void BlockReader::copy_row(size_t row, double* out, size_t step) {
  const auto copy = [&](const auto* from, size_t from_step) {
    for (size_t f = 0; f < rows_.features_; ++f)
      out[f * step] = static_cast<double>(from[f * from_step]) - (shift_ ? shift_[f] : 0.0);
  };
  const size_t block = row / block_rows - first_;
  if (rows_.matrix_)
    copy(rows_.matrix_->row(static_cast<Eigen::Index>(row)).data(), 1);
  else if (const float* floats = in_file(block))
    copy(floats + row % block_rows, block_rows);
  else
    copy(rows_.in_memory(block) + row % block_rows, block_rows);
}

size_t block_chunks(const RowBlocks& rows) {
  return chunk_count(rows.blocks(), chunk_blocks(rows));
}

void for_blocks(const RowBlocks& rows, const Threads& threads,
                const std::function<void(size_t, size_t, size_t)>& work) {
  const Range chunks = rows.own_chunks();
  const size_t size = chunk_blocks(rows);
  threads.run(chunks.size(), [&](size_t i) {
    const size_t chunk = chunks.begin + i;
    work(chunk * size, std::min(rows.blocks(), (chunk + 1) * size), chunk);
  });
}

namespace {

/// Calls `visit(part, feature, value)` for all own values; returns the parts of some lots of them,
/// in order.
template <class Part, class Visit>
std::vector<Part> gather(const RowBlocks& rows, const Threads& threads, const Part& empty,
                         const Visit& visit) {
  constexpr size_t most_lots = 64;
  const Range own = rows.own_blocks();
  const size_t lot_size = std::max<size_t>(8, chunk_count(own.size(), most_lots));
  std::vector<Part> parts(chunk_count(own.size(), lot_size), empty);
  threads.for_rows(own.size(), lot_size, [&](size_t first, size_t last, size_t lot) {
    BlockReader block(rows);
    for (size_t b = own.begin + first; b < own.begin + last; ++b) {
      const double* values = block(b);
      for (size_t f = 0; f < rows.features(); ++f)
        for (size_t r = 0; r < rows.valid(b); ++r) visit(parts[lot], f, values[f * block_rows + r]);
    }
  });
  return parts;
}

/// From a smallest value to a largest.
struct Extent {
  double least = std::numeric_limits<double>::infinity();
  double greatest = -std::numeric_limits<double>::infinity();

  void widen(const Extent& by) {
    least = std::min(least, by.least);
    greatest = std::max(greatest, by.greatest);
  }
};

/// Collective: those of all ranks.
void share(std::vector<Extent>& extents, const Communicator& ranks) {
  const auto of_ranks = ranks.all_values(std::span<const Extent>(extents));
  for (size_t i = 0; i < of_ranks.size(); ++i) extents[i % extents.size()].widen(of_ranks[i]);
}

/// Where the two middle values of a feature are, which are one if the number of rows is odd.
struct Middle {
  static constexpr size_t bins = 4096;  // equal ones of the extent

  size_t bin(double value) const {
    // Halves, since a difference can be too large for a double.
    const double place =
        (value / 2 - extent.least / 2) / (extent.greatest / 2 - extent.least / 2) * bins;
    return place >= 0 ? std::min(bins - 1, static_cast<size_t>(place)) : 0;
  }
  bool looks_at(double value) const {
    return !is_known && value >= extent.least && value <= extent.greatest;
  }
  /// The bins of the two values of these ranks.
  void find(const uint64_t* counts, uint64_t low, uint64_t high, uint64_t most_kept) {
    low_bin = 0;
    while (below + counts[low_bin] <= low) below += counts[low_bin++];
    high_bin = low_bin;
    uint64_t within = counts[low_bin];
    while (below + within <= high) within += counts[++high_bin];
    keeps = keeps || within <= most_kept;
  }
  /// What follows looks at the values of the low bin alone.
  void narrow(const Extent& of_bin) {
    // So near to the smallest double, bins may not divide it.
    keeps = of_bin.least == extent.least && of_bin.greatest == extent.greatest;
    extent = of_bin;
    is_known = false;
  }

  Extent extent;       // of the values that count
  uint64_t below = 0;  // smaller values
  size_t low_bin = 0, high_bin = 0;
  bool is_known = false, keeps = false;
};

/// What is near the middle of a feature.
struct Near {
  Extent low, high;          // of the bins of the middle values
  std::vector<double> kept;  // both bins' values, if they are few
};

}  // namespace

std::vector<double> medians(const RowBlocks& rows, const Threads& threads, size_t most_kept) {
  const size_t features = rows.features();
  std::vector<double> result(features, std::numeric_limits<double>::quiet_NaN());
  if (rows.rows() == 0) return result;
  const uint64_t low = (rows.rows() - 1) / 2;
  const uint64_t high = rows.rows() / 2;
  std::vector<Extent> all(features);
  for (const auto& part :
       gather(rows, threads, all, [](std::vector<Extent>&of, size_t f, double x) {
         of[f].widen({x, x});
       }))
    for (size_t f = 0; f < features; ++f) all[f].widen(part[f]);
  share(all, rows.ranks());
  std::vector<Middle> middles(features);
  for (size_t f = 0; f < features; ++f) middles[f].extent = all[f];

  // An outlier may put nearly all values into one bin, which is then divided again.
  while (!std::all_of(middles.begin(), middles.end(), [](const Middle& m) { return m.is_known; })) {
    std::vector<uint64_t> counts(features * Middle::bins);
    for (const auto& part :
         gather(rows, threads, counts, [&](std::vector<uint64_t>&of, size_t f, double x) {
           if (middles[f].looks_at(x)) ++of[f * Middle::bins + middles[f].bin(x)];
         }))
      for (size_t i = 0; i < counts.size(); ++i) counts[i] += part[i];
    rows.ranks().add_up(counts);
    for (size_t f = 0; f < features; ++f)
      if (!middles[f].is_known)
        middles[f].find(counts.data() + f * Middle::bins, low, high, most_kept);

    std::vector<Near> near(features);
    for (auto& part : gather(rows, threads, near, [&](std::vector<Near>&of, size_t f, double x) {
           const Middle& middle = middles[f];
           if (!middle.looks_at(x)) return;
           const size_t bin = middle.bin(x);
           if (bin < middle.low_bin || bin > middle.high_bin) return;
           if (middle.keeps) return of[f].kept.push_back(x);
           if (bin == middle.low_bin) of[f].low.widen({x, x});
           if (bin == middle.high_bin) of[f].high.widen({x, x});
         }))
      for (size_t f = 0; f < features; ++f) {
        near[f].kept.insert(near[f].kept.end(), part[f].kept.begin(), part[f].kept.end());
        near[f].low.widen(part[f].low);
        near[f].high.widen(part[f].high);
      }
    for (size_t f = 0; f < features; ++f) {
      Middle& middle = middles[f];
      if (middle.is_known) continue;
      std::vector<Extent> ends = {near[f].low, near[f].high};
      share(ends, rows.ranks());
      std::vector<double> kept = rows.ranks().all_values(std::span<const double>(near[f].kept));
      const auto at = [&](uint64_t rank) {
        const auto place = kept.begin() + static_cast<long>(rank - middle.below);
        std::nth_element(kept.begin(), place, kept.end());
        return *place;
      };
      middle.is_known = true;
      if (middle.keeps)
        result[f] = low == high ? at(low) : (at(low) + at(high)) / 2;
      else if (middle.low_bin != middle.high_bin)
        result[f] = (ends[0].greatest + ends[1].least) / 2;
      else if (ends[0].least == ends[0].greatest)
        result[f] = ends[0].least;
      else
        middle.narrow(ends[0]);
    }
  }
  return result;
}

}  // namespace uhuru::method
