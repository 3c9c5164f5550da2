// Writes FITS binary tables.
//
// The header comes first, but the number of rows, the widths of texts and the numbers that mark
// missing values are known only at the end. If the file can be changed, room is left for the
// header, and rows are written to their place; when a text is longer than all before, or there are
// arrays of any length, rows and arrays wait in temporary files.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <optional>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/big_endian.hpp"
#include "uhuru/io/byte_source.hpp"
#include "uhuru/io/fits_columns.hpp"
#include "uhuru/io/fits_header.hpp"
#include "uhuru/io/fits_table_head.hpp"
#include "uhuru/io/fits_text.hpp"
#include "uhuru/io/formats.hpp"

namespace uhuru::io {
namespace {

/// Consecutive rows with the same widths of the columns.
struct Segment {
  uint64_t rows = 0;
  std::vector<size_t> widths;
};

size_t sum(const std::vector<size_t>& widths) {
  size_t total = 0;
  for (const size_t width : widths) total += width;
  return total;
}

class FitsWriter : public TableWriter {
 public:
  FitsWriter(const std::string& path, const Table& header, const WriteOptions& options)
      : path_(path),
        note_(options.note),
        file_(path, options.overwrite, options.group),
        header_(header) {
    header_.clear_rows();
    if (header.columns.size() > max_fits_columns)
      throw input_error("the table has too many columns for FITS", path,
                        fmt::format("at most {}", max_fits_columns),
                        std::to_string(header.columns.size()));
    for (const Column& column : header.columns) {
      FitsColumnState& written = columns_.emplace_back();
      written.field = column.field;
      const Field& field = written.field;
      if (is_integer(field.type)) written.marker = field.null_marker.value_or(written.candidate(0));
      written.variable = !written.is_text() && field.cell_size() == 0;
      if (written.variable)
        written.width = 16;
      else if (written.is_text())
        written.width =
            field.is_text_array() ? std::max<size_t>(1, parse_arraysize(field.arraysize)) : 1;
      else
        written.width = field.cell_size() * type_size(field.type);
    }
  }

  void write(const Table& batch) override {
    if (batch.rows() == 0) return;
    for (size_t c = 0; c < columns_.size(); ++c)
      if (columns_[c].is_text()) widen(columns_[c], batch.columns[c]);
    std::vector<size_t> widths;
    for (const FitsColumnState& column : columns_) widths.push_back(column.width);
    if (segments_.empty())
      leave_room(sum(widths));
    else if (is_direct() && segments_.back().widths != widths)
      withdraw_rows();
    if (segments_.empty() || segments_.back().widths != widths) segments_.push_back({0, widths});
    // As many rows at a time as fit in the processor's cache.
    constexpr size_t block_bytes = 1 << 18;
    const size_t stride = sum(widths);
    const size_t step = std::max<size_t>(1, block_bytes / std::max<size_t>(1, stride));
    std::string bytes;
    for (size_t begin = 0; begin < batch.rows(); begin += step) {
      const size_t rows = std::min(step, batch.rows() - begin);
      bytes.assign(rows * stride, '\0');
      char* at = bytes.data();
      for (size_t c = 0; c < columns_.size(); ++c) {
        put_cells(columns_[c], batch.columns[c], begin, rows, at, stride);
        at += widths[c];
      }
      if (is_direct())
        file_.write(bytes);
      else
        rows_file_->write(bytes);
    }
    segments_.back().rows += batch.rows();
    rows_ += batch.rows();
  }

  void commit() override {
    for (FitsColumnState& column : columns_) finish(column);
    wide_ = heap_bytes() > static_cast<uint64_t>(INT32_MAX);
    std::vector<size_t> widths;
    for (const FitsColumnState& column : columns_)
      widths.push_back(column.variable && !wide_ ? 8 : column.width);
    const std::string head = head_text(sum(widths), head_bytes_);
    if (is_direct()) {
      mark_missing_in_file(widths);
      file_.change(0, head);
    } else {
      file_.write(head);
      copy_rows(widths);
      copy_heap();
    }
    const uint64_t size = rows_ * sum(widths) + heap_bytes();
    file_.write(
        std::string((FitsHeader::block - size % FitsHeader::block) % FitsHeader::block, '\0'));
    file_.commit();
    report_replaced();
  }

 private:
  [[noreturn]] void fail(const FitsColumnState& column, const std::string& what,
                         const std::string& expected, const std::string& found) const {
    throw input_error(what, path_ + ", column " + column.field.name, expected, found);
  }

  bool is_direct() const { return head_bytes_ > 0; }
  uint64_t heap_bytes() const { return heap_file_ ? heap_file_->size() : 0; }

  /// Begins to write rows of this width to their place, if that is possible: after room for a
  /// header with all that it may have.
  void leave_room(size_t width) {
    const bool has_heap =
        std::any_of(columns_.begin(), columns_.end(),
                    [](const FitsColumnState& column) { return column.variable; });
    if (has_heap) heap_file_.emplace();
    if (has_heap || !file_.can_change()) {
      rows_file_.emplace();
      return;
    }
    const auto columns = columns_;
    const auto names = names_;
    for (FitsColumnState& column : columns_) column.missing = true;
    head_bytes_ = head_text(width, 0).size();
    columns_ = columns;
    names_ = names;
    file_.write(std::string(head_bytes_, ' '));
  }

  /// Takes the rows back, which need more room: they wait for the others.
  void withdraw_rows() {
    rows_file_.emplace();
    each_block(rows_ * sum(segments_.back().widths), 1, [&](uint64_t at, std::string& bytes) {
      file_.read_back(head_bytes_ + at, bytes.data(), bytes.size());
      rows_file_->write(bytes);
    });
    file_.restart();
    head_bytes_ = 0;
  }

  /// Calls `work(at, bytes)` for parts of `size` bytes that are multiples of `stride`.
  template <class Work>
  static void each_block(uint64_t size, size_t stride, const Work& work) {
    constexpr size_t most = 1 << 18;
    const size_t step = std::max<size_t>(1, most / std::max<size_t>(1, stride)) * stride;
    std::string bytes;
    for (uint64_t at = 0; at < size; at += bytes.size()) {
      bytes.resize(static_cast<size_t>(std::min<uint64_t>(step, size - at)));
      work(at, bytes);
    }
  }

  void mark_missing_in_file(const std::vector<size_t>& widths) {
    const bool any =
        std::any_of(columns_.begin(), columns_.end(),
                    [](const FitsColumnState& column) { return !column.missing_rows.empty(); });
    const size_t stride = sum(widths);
    if (!any) return;
    each_block(rows_ * stride, stride, [&](uint64_t at, std::string& bytes) {
      file_.read_back(head_bytes_ + at, bytes.data(), bytes.size());
      mark_missing(at / stride, bytes.size() / stride, widths, bytes);
      file_.change(head_bytes_ + at, bytes);
    });
  }

  std::string head_text(size_t width, size_t least) {
    return fits_table_head({header_, columns_, rows_, heap_bytes(), wide_}, width, least, names_);
  }

  /// Makes room for the longest text.
  void widen(FitsColumnState& written, const Column& column) const {
    std::string scratch;
    for (size_t row = 0; row < column.size(); ++row) {
      const auto text = fits_text(column.text(row), scratch, nullptr);
      written.width = std::max(written.width, text.size());
    }
    const std::string& shape = written.field.arraysize;
    if (shape.find('*') == std::string::npos) return;
    const size_t inner = std::max<size_t>(1, dimensions(shape)[0]);
    written.width = (written.width + inner - 1) / inner * inner;
  }

  void put_cells(FitsColumnState& written, const Column& column, size_t begin, size_t rows,
                 char* at, size_t stride) {
    if (written.is_text()) return put_text(written, column, begin, rows, at, stride);
    column.visit([&](const auto& all) {
      using T = typename std::decay_t<decltype(all)>::value_type;
      if (written.variable)
        put_arrays<T>(written, column, begin, rows, at, stride);
      else
        put_numbers<T>(written, column, begin, rows, at, stride);
    });
  }

  void put_text(FitsColumnState& written, const Column& column, size_t begin, size_t rows, char* at,
                size_t stride) const {
    std::string scratch;
    for (size_t row = begin; row < begin + rows; ++row, at += stride) {
      written.replaced.place = rows_ + row + 1;
      const auto text = fits_text(column.text(row), scratch, &written.replaced);
      std::memset(at, ' ', written.width);
      text.copy(at, text.size());
    }
  }

  /// Remembers which numbers occur: an unused one will mark missing values.
  template <class T>
  static void note_value(T value, FitsColumnState& written) {
    written.note_used(static_cast<int64_t>(value));
    if (static_cast<int64_t>(value) != written.marker) return;
    if (!written.field.is_scalar() && written.field.null_marker)
      written.missing = written.missing_elements = true;
    else
      written.marker_used = true;
  }

  /// Appends the bytes of a value at `to`, and moves it behind them.
  template <class T>
  static void put_value(T value, FitsColumnState& written, char*& to) {
    if (written.field.type == Type::boolean) {
      *to++ = value == T{unknown_boolean} ? '\0' : value != T{} ? 'T' : 'F';
      return;
    }
    if constexpr (!std::is_floating_point_v<T>) note_value(value, written);
    to_big_endian(value, to);
    to += sizeof(T);
  }

  template <class T>
  void put_numbers(FitsColumnState& written, const Column& column, size_t begin, size_t rows,
                   char* at, size_t stride) const {
    for (size_t row = begin; row < begin + rows; ++row, at += stride) {
      char* to = at;
      const auto cell = column.cell<T>(row);
      const bool has_values = std::is_floating_point_v<T> ? !cell.empty() : !column.missing(row);
      if (has_values) {
        for (const T value : cell) put_value(value, written, to);
      } else if (written.field.type != Type::boolean) {  // a missing boolean is zero
        written.missing = true;
        if (!std::is_floating_point_v<T>) {
          written.missing_rows.resize(rows_ + row);
          written.missing_rows.push_back(true);
        }
        T filler = std::numeric_limits<T>::quiet_NaN();  // zero for whole numbers
        if constexpr (!std::is_floating_point_v<T>) filler = static_cast<T>(written.marker);
        for (; to < at + written.width; to += sizeof(T)) to_big_endian(filler, to);
      }
    }
  }

  /// Counts and offsets in the rows, values in the heap.
  template <class T>
  void put_arrays(FitsColumnState& written, const Column& column, size_t begin, size_t rows,
                  char* at, size_t stride) {
    std::string bytes;
    for (size_t row = begin; row < begin + rows; ++row, at += stride) {
      const auto cell = column.cell<T>(row);
      to_big_endian(static_cast<int64_t>(cell.size()), at);
      to_big_endian(static_cast<int64_t>(heap_file_->size()), at + 8);
      written.longest = std::max<uint64_t>(written.longest, cell.size());
      bytes.resize(cell.size() * type_size(written.field.type));
      char* to = bytes.data();
      for (const T value : cell) put_value(value, written, to);
      heap_file_->write(bytes);
    }
  }

  /// Decides which number marks missing integers: another one if that is in use.
  void finish(FitsColumnState& written) const {
    if (!written.missing || !written.marker_used) {
      written.missing_rows.clear();
      return;
    }
    const auto unused = std::find(written.used.begin(), written.used.end(), false);
    if (written.missing_elements || unused == written.used.end())
      fail(written, "FITS cannot distinguish a missing value from a number here",
           "an unused number to mark missing values; VOTable needs none",
           fmt::format("{} is in use", written.marker));
    written.marker = written.candidate(static_cast<size_t>(unused - written.used.begin()));
  }

  /// Copies the rows, with each text and descriptor at its final width.
  void copy_rows(const std::vector<size_t>& widths) {
    const size_t stride = sum(widths);
    uint64_t first = 0, begin = 0;
    std::string to;
    for (const Segment& segment : segments_) {
      const size_t from_stride = sum(segment.widths);
      each_block(segment.rows * from_stride, from_stride, [&](uint64_t at, std::string& from) {
        rows_file_->read(begin + at, from.data(), from.size());
        const size_t rows = from.size() / from_stride;
        to.assign(rows * stride, ' ');
        for (size_t row = 0; row < rows; ++row)
          widen_row(from.data() + row * from_stride, segment.widths, to.data() + row * stride,
                    widths);
        mark_missing(first, rows, widths, to);
        file_.write(to);
        first += rows;
      });
      begin += segment.rows * from_stride;
    }
  }

  void widen_row(const char* from, const std::vector<size_t>& from_widths, char* to,
                 const std::vector<size_t>& widths) const {
    for (size_t c = 0; c < widths.size(); ++c) {
      if (columns_[c].variable && !wide_) {
        to_big_endian(static_cast<int32_t>(from_big_endian<int64_t>(from)), to);
        to_big_endian(static_cast<int32_t>(from_big_endian<int64_t>(from + 8)), to + 4);
      } else {
        std::memcpy(to, from, from_widths[c]);
      }
      from += from_widths[c];
      to += widths[c];
    }
  }

  /// Missing numbers are marked again where the marker was chosen at the end.
  void mark_missing(uint64_t first, size_t rows, const std::vector<size_t>& widths,
                    std::string& bytes) const {
    const size_t stride = sum(widths);
    size_t offset = 0;
    for (size_t c = 0; c < columns_.size(); offset += widths[c++]) {
      const FitsColumnState& column = columns_[c];
      const size_t size = type_size(column.field.type);
      char raw[sizeof(int64_t)];
      to_big_endian(column.marker, raw);
      const char* const marker = raw + sizeof(raw) - size;
      for (size_t row = 0; row < rows && first + row < column.missing_rows.size(); ++row)
        if (column.missing_rows[first + row])
          for (size_t at = 0; at < widths[c]; at += size)
            std::memcpy(bytes.data() + row * stride + offset + at, marker, size);
    }
  }

  void copy_heap() {
    each_block(heap_bytes(), 1, [&](uint64_t at, std::string& bytes) {
      heap_file_->read(at, bytes.data(), bytes.size());
      file_.write(bytes);
    });
  }

  void report_replaced() const {
    if (!note_) return;
    if (names_.count > 0)
      note_(
          fmt::format("{}: {} characters in names and texts of the header that FITS cannot hold "
                      "were replaced; the first is in {}",
                      path_, with_commas(names_.count), in_quotes(names_.first)));
    for (const FitsColumnState& column : columns_)
      if (column.replaced.count > 0)
        note_(fmt::format(
            "{}: {} characters of column {} that FITS cannot hold were replaced; the "
            "first is in row {}: {}",
            path_, with_commas(column.replaced.count), column.field.name,
            with_commas(column.replaced.first_place), in_quotes(column.replaced.first)));
  }

  std::string path_;
  std::function<void(const std::string&)> note_;
  OutputFile file_;
  Table header_;
  std::optional<SpooledFile> rows_file_, heap_file_;
  size_t head_bytes_ = 0;  // before the rows, if they are written to their place
  std::vector<FitsColumnState> columns_;
  std::vector<Segment> segments_;
  FitsReplaced names_;
  uint64_t rows_ = 0;
  bool wide_ = false;
};

}  // namespace

std::unique_ptr<TableWriter> create_fits(const std::string& path, const Table& header,
                                         const WriteOptions& options) {
  return std::make_unique<FitsWriter>(path, header, options);
}

}  // namespace uhuru::io
