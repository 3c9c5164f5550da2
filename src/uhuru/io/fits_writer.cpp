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
#include "uhuru/io/fits_text.hpp"
#include "uhuru/io/formats.hpp"

namespace uhuru::io {
namespace {

char form_letter(Type type) {
  switch (type) {
    case Type::boolean:
      return 'L';
    case Type::byte:
      return 'B';
    case Type::int16:
      return 'I';
    case Type::int32:
      return 'J';
    case Type::int64:
      return 'K';
    case Type::float32:
      return 'E';
    case Type::float64:
      return 'D';
    case Type::text:
      break;
  }
  return 'A';
}

/// What must be known about the rows written so far of a column.
struct Written {
  Field field;
  size_t width = 0;                // bytes in a row
  bool variable = false;           // arrays in the heap
  uint64_t longest = 0;            // of the arrays in the heap
  int64_t marker = 0;              // represents missing integers
  bool marker_used = false;        // and also occurs as a number
  bool missing = false;            // cells, or elements of arrays
  bool missing_elements = false;   // of arrays: the marker is in the cells
  std::vector<bool> missing_rows;  // whole numbers, up to the last missing one
  std::array<bool, 256> used{};    // which of the numbers that could mark missing ones occur
  FitsReplaced replaced;           // characters of the cells

  bool is_text() const { return field.type == Type::text; }
  /// The numbers that could mark missing ones: bytes from 255 down, others from the smallest up.
  int64_t candidate(size_t k) const {
    return field.type == Type::byte ? 255 - static_cast<int64_t>(k)
                                    : smallest_whole(field.type) + static_cast<int64_t>(k);
  }
  void note_used(int64_t value) {
    const uint64_t above = static_cast<uint64_t>(value) - static_cast<uint64_t>(candidate(0));
    const uint64_t k = field.type == Type::byte ? -above : above;
    if (k < used.size()) used[k] = true;
  }
};

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
      Written& written = columns_.emplace_back();
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
    for (const Written& column : columns_) widths.push_back(column.width);
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
    for (Written& column : columns_) finish(column);
    wide_ = heap_bytes() > static_cast<uint64_t>(INT32_MAX);
    std::vector<size_t> widths;
    for (const Written& column : columns_)
      widths.push_back(column.variable && !wide_ ? 8 : column.width);
    const std::string head = header_text(sum(widths), head_bytes_);
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
  [[noreturn]] void fail(const Written& column, const std::string& what,
                         const std::string& expected, const std::string& found) const {
    throw input_error(what, path_ + ", column " + column.field.name, expected, found);
  }

  bool is_direct() const { return head_bytes_ > 0; }
  uint64_t heap_bytes() const { return heap_file_ ? heap_file_->size() : 0; }

  /// Begins to write rows of this width to their place, if that is possible: after room for a
  /// header with all that it may have.
  void leave_room(size_t width) {
    const bool has_heap = std::any_of(columns_.begin(), columns_.end(),
                                      [](const Written& column) { return column.variable; });
    if (has_heap) heap_file_.emplace();
    if (has_heap || !file_.can_change()) {
      rows_file_.emplace();
      return;
    }
    const auto columns = columns_;
    const auto names = names_;
    for (Written& column : columns_) column.missing = true;
    head_bytes_ = header_text(width, 0).size();
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
    const bool any = std::any_of(columns_.begin(), columns_.end(), [](const Written& column) {
      return !column.missing_rows.empty();
    });
    const size_t stride = sum(widths);
    if (!any) return;
    each_block(rows_ * stride, stride, [&](uint64_t at, std::string& bytes) {
      file_.read_back(head_bytes_ + at, bytes.data(), bytes.size());
      mark_missing(at / stride, bytes.size() / stride, widths, bytes);
      file_.change(head_bytes_ + at, bytes);
    });
  }

  /// Makes room for the longest text.
  void widen(Written& written, const Column& column) const {
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

  void put_cells(Written& written, const Column& column, size_t begin, size_t rows, char* at,
                 size_t stride) {
    if (written.is_text()) return put_text(written, column, begin, rows, at, stride);
    column.visit([&](const auto& all) {
      using T = typename std::decay_t<decltype(all)>::value_type;
      if (written.variable)
        put_arrays<T>(written, column, begin, rows, at, stride);
      else
        put_numbers<T>(written, column, begin, rows, at, stride);
    });
  }

  void put_text(Written& written, const Column& column, size_t begin, size_t rows, char* at,
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
  static void note_value(T value, Written& written) {
    written.note_used(static_cast<int64_t>(value));
    if (static_cast<int64_t>(value) != written.marker) return;
    if (!written.field.is_scalar() && written.field.null_marker)
      written.missing = written.missing_elements = true;
    else
      written.marker_used = true;
  }

  /// Appends the bytes of a value at `to`, and moves it behind them.
  template <class T>
  static void put_value(T value, Written& written, char*& to) {
    if (written.field.type == Type::boolean) {
      *to++ = value == T{unknown_boolean} ? '\0' : value != T{} ? 'T' : 'F';
      return;
    }
    if constexpr (!std::is_floating_point_v<T>) note_value(value, written);
    to_big_endian(value, to);
    to += sizeof(T);
  }

  template <class T>
  void put_numbers(Written& written, const Column& column, size_t begin, size_t rows, char* at,
                   size_t stride) const {
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
  void put_arrays(Written& written, const Column& column, size_t begin, size_t rows, char* at,
                  size_t stride) {
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
  void finish(Written& written) const {
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

  /// `least`: its size, if there is room for more than it needs.
  std::string header_text(size_t width, size_t least) {
    using Kind = FitsKeyword::Kind;
    std::string cards;
    const auto put = [&](const std::string& name, const std::string& value, Kind kind,
                         const std::string& comment = {}) {
      cards += fits_cards({name, value, comment, kind});
    };
    const auto number = [&](const char* name, uint64_t value, const char* comment) {
      put(name, std::to_string(value), Kind::number, comment);
    };
    const auto finish = [&] {
      put_end(cards);
      return cards;
    };
    put("SIMPLE", "T", Kind::logical, "file conforms to FITS standard");
    number("BITPIX", 8, "");
    number("NAXIS", 0, "");
    put("EXTEND", "T", Kind::logical, "a table follows");
    const std::string primary = finish();
    cards.clear();
    put("XTENSION", "BINTABLE", Kind::text, "binary table");
    number("BITPIX", 8, "bytes");
    number("NAXIS", 2, "");
    number("NAXIS1", width, "bytes per row");
    number("NAXIS2", rows_, "rows");
    number("PCOUNT", heap_bytes(), "bytes of arrays after the rows");
    number("GCOUNT", 1, "");
    number("TFIELDS", columns_.size(), "columns");
    if (!header_.name.empty()) put("EXTNAME", fits_label(header_.name, names_), Kind::text);
    std::vector<std::string> names;
    for (size_t c = 0; c < columns_.size(); ++c) {
      names.push_back(fits_column_name(columns_[c].field.name, names, names_));
      put_column(c, names.back(), put);
    }
    put_parameters(put);
    FitsReplaced again;  // counted in the keywords
    for (const std::string& step : steps_of(header_))
      cards += fits_history(fits_label(step, again));
    // Cards without a keyword fill what is left; the end is in the last block.
    const size_t filled = least - std::min(least, primary.size() + FitsHeader::block);
    if (cards.size() < filled) cards.resize(filled, ' ');
    return primary + finish();
  }

  static void put_end(std::string& cards) {
    cards += fmt::format("{:<80}", "END");
    cards.resize((cards.size() + FitsHeader::block - 1) / FitsHeader::block * FitsHeader::block,
                 ' ');
  }

  template <class Put>
  void put_column(size_t c, const std::string& name, const Put& put) {
    using Kind = FitsKeyword::Kind;
    const Written& column = columns_[c];
    const Field& field = column.field;
    const auto text = [&](const char* stem, const std::string& value) {
      if (!value.empty()) put(fmt::format("{}{}", stem, c + 1), value, Kind::text);
    };
    text("TTYPE", name);
    text("TFORM", form(column));
    text("TUNIT", fits_label(field.unit, names_));
    if (column.missing && is_integer(field.type))
      put(fmt::format("TNULL{}", c + 1), std::to_string(column.marker), Kind::number);
    text("TDIM", dims(column));
    text("TDISP", fits_display(field));
    text("TUCD", fits_label(field.ucd, names_));
    text("TUTYP", fits_label(field.utype, names_));
    text("TCOMM", fits_label(field.description, names_));
    for (const auto& [stem, limit] :
         {std::pair{"TLMIN", &field.minimum}, std::pair{"TLMAX", &field.maximum}})
      if (field.type != Type::text && parse_double(*limit))
        put(fmt::format("{}{}", stem, c + 1), *limit, Kind::number);
  }

  std::string form(const Written& column) const {
    const char letter = form_letter(column.field.type);
    if (column.is_text()) return fmt::format("{}A", column.width);
    if (column.variable) return fmt::format("1{}{}({})", wide_ ? 'Q' : 'P', letter, column.longest);
    return fmt::format("{}{}", column.field.cell_size(), letter);
  }

  static std::string dims(const Written& column) {
    std::string shape = column.field.arraysize;
    if (shape.find('x') == std::string::npos || column.variable) return {};
    if (shape.find('*') != std::string::npos) {
      const size_t inner = std::max<size_t>(1, dimensions(shape)[0]);
      shape = fmt::format("{}x{}", inner, column.width / inner);
    }
    std::replace(shape.begin(), shape.end(), 'x', ',');
    return "(" + shape + ")";
  }

  template <class Put>
  void put_parameters(const Put& put) {
    using Kind = FitsKeyword::Kind;
    for (const Parameter& parameter : header_.parameters) {
      std::string name = fits_keyword_name(parameter.field.name);
      if (name.empty() || is_fits_structure(name)) continue;
      std::string value = fits_label(parameter.value, names_);
      const Field& field = parameter.field;
      const bool number = (is_integer(field.type) || is_float(field.type)) && field.is_scalar() &&
                          parse_double(value) && value.size() <= 60 &&
                          value.find_first_of("nN") == std::string::npos;
      Kind kind = number ? Kind::number : Kind::text;
      if (field.type == Type::boolean && (value == "true" || value == "false")) {
        kind = Kind::logical;
        value = value == "true" ? "T" : "F";
      }
      std::string comment = fits_label(field.description, names_);
      if (!field.unit.empty()) comment = "[" + fits_label(field.unit, names_) + "] " + comment;
      put(name, value, kind, comment);
    }
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
      const Written& column = columns_[c];
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
    for (const Written& column : columns_)
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
  std::vector<Written> columns_;
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
