// Reads FITS binary and ASCII tables.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/big_endian.hpp"
#include "uhuru/io/fits_cells.hpp"
#include "uhuru/io/fits_columns.hpp"
#include "uhuru/io/fits_header.hpp"
#include "uhuru/io/formats.hpp"
#include "uhuru/io/text_layout.hpp"
#include "uhuru/io/utf8.hpp"

namespace uhuru::io {
namespace {

/// The part of a table name after '#': a number from 0 (the primary unit), or a name, perhaps with
/// a version: "EVENTS,2".
struct WantedUnit {
  std::optional<int64_t> number;
  std::string name;
  std::optional<int64_t> version;

  explicit WantedUnit(const std::string& part) : number(parse_int(part)), name(part) {
    const size_t comma = part.rfind(',');
    if (comma == std::string::npos) return;
    version = parse_int(part.substr(comma + 1));
    if (version) name = trim(std::string_view(part).substr(0, comma));
  }
  bool any() const { return name.empty(); }
  bool is(int64_t unit, const FitsHeader& header) const {
    if (any()) return false;
    if (number) return unit == *number;
    const FitsKeyword* extension = header.find("EXTNAME");
    if (!extension || lower(trim(extension->value)) != lower(name)) return false;
    return !version || header.whole("EXTVER").value_or(1) == *version;
  }
};

bool is_table(const FitsHeader& header) {
  const FitsKeyword* kind = header.find("XTENSION");
  if (!kind || header.is_true("ZIMAGE")) return false;  // a compressed image is an image
  return kind->value == "TABLE" || kind->value == "BINTABLE" || kind->value == "A3DTABLE";
}

std::vector<Parameter> parameters_of(const FitsHeader& header) {
  std::vector<Parameter> parameters;
  for (const FitsKeyword& keyword : header.keywords()) {
    if (is_fits_structure(keyword.name) || keyword.value.empty()) continue;
    if (parameters.size() == max_text_parameters) break;
    Parameter parameter;
    parameter.field.name = fits_string(keyword.name);
    parameter.field.description = fits_string(keyword.comment);
    parameter.field.type = Type::text;
    parameter.value = fits_string(keyword.value);
    if (keyword.kind == FitsKeyword::Kind::logical) {
      parameter.field.type = Type::boolean;
      parameter.value = keyword.value == "T" ? "true" : "false";
    } else if (keyword.kind == FitsKeyword::Kind::number) {
      parameter.field.type = parse_int(keyword.value) ? Type::int64 : Type::float64;
      parameter.value = with_exponent_e(parameter.value);
    }
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

/// Reads the heap, in which the arrays of consecutive rows usually follow each other.
class HeapWindow {
 public:
  HeapWindow(const FitsFile& file, uint64_t begin) : file_(&file), begin_(begin) {}

  const char* read(uint64_t offset, size_t size) {
    if (offset < at_ || offset - at_ > bytes_.size() || bytes_.size() - (offset - at_) < size) {
      constexpr uint64_t ahead = 1 << 20;
      at_ = offset;
      bytes_.resize(std::max<uint64_t>(size, std::min(ahead, file_->size() - begin_ - offset)));
      file_->read(begin_ + offset, bytes_.data(), bytes_.size());
    }
    return bytes_.data() + (offset - at_);
  }

 private:
  const FitsFile* file_;
  uint64_t begin_, at_ = 0;
  std::vector<char> bytes_;
};

class FitsReader : public TableReader {
 public:
  FitsReader(std::unique_ptr<ByteSource> source, const std::string& part, const Threads& threads,
             const Communicator& ranks)
      : TableReader(source->name()), threads_(threads), ranks_(&ranks) {
    // The heap is read in any order: compressed, piped and in-memory input is first copied.
    source->peek();
    std::string path = source->was_gzip() ? "" : source->seekable_path();
    if (path.empty()) {
      spool_ = std::make_unique<SpooledFile>(*source);
      path = spool_->path();
    }
    source.reset();
    file_.emplace(path);
    find_table(part);
    read_header();
  }

  const Communicator& ranks() const override { return *ranks_; }
  uint64_t rows_before() const override { return first_; }
  double fraction_read() const override {
    const uint64_t rows = last_ - first_;
    return rows ? static_cast<double>(rows_read_) / static_cast<double>(rows) : 1;
  }

  std::vector<std::string> notes() const override { return all_notes().sentences(header_); }

  std::vector<std::string> other_tables() const override {
    std::vector<std::string> names;
    try {
      for_units([&](int64_t unit, const FitsHeader& header) {
        if (is_table(header) && header.data_begin() != table_->data_begin())
          names.push_back(std::to_string(unit));
        return true;
      });
    } catch (const Error&) {
      // What follows the wanted table is damaged, which does not concern its reader.
    }
    return names;
  }

 private:
  /// Also those of cells.
  ReaderNotes all_notes() const {
    ReaderNotes all = notes_;
    for (size_t c = 0; c < odd_.size(); ++c)
      if (odd_[c].count > 0) all.bad_cells(c, odd_[c].count, odd_[c].first_row + 1, odd_[c].first);
    return all;
  }
  void share_findings() override {
    notes_ = all_notes();
    odd_.assign(odd_.size(), {});
    notes_.share(*ranks_);
  }

  /// Calls `visit` with the number and header of each unit until it returns false.
  template <class Visit>
  void for_units(Visit&& visit) const {
    uint64_t offset = 0;
    for (int64_t unit = 0; offset < file_->size(); ++unit) {
      if (unit > 0 && !begins_extension(offset)) break;
      const FitsHeader header(*file_, offset);
      if (!visit(unit, header)) break;
      offset = header.next();
    }
  }

  void find_table(const std::string& part) {
    const WantedUnit wanted(part);
    std::string found = "no more extensions";
    for_units([&](int64_t unit, const FitsHeader& header) {
      const bool table = is_table(header);
      if (!(wanted.any() ? table : wanted.is(unit, header))) return true;
      if (table)
        table_ = header;
      else
        found = "an image";
      return false;
    });
    if (table_) return;
    throw input_error(
        "no such table in the FITS file", "",
        part.empty() ? "a table extension" : "a table in extension " + in_quotes(part), found);
  }
  /// Other bytes may follow the last unit.
  bool begins_extension(uint64_t offset) const {
    char text[8];
    if (file_->size() - offset < sizeof text) return false;
    file_->read(offset, text, sizeof text);
    return std::string_view(text, sizeof text) == "XTENSION";
  }

  void read_header() {
    if (table_->is_true("ZTABLE"))
      throw input_error("the FITS table is compressed", "", "an uncompressed table: run funpack",
                        "the keyword ZTABLE");
    if (table_->whole("NAXIS").value_or(0) != 2 || table_->whole("BITPIX").value_or(8) != 8)
      throw input_error("unreadable table header", "", "NAXIS = 2 and BITPIX = 8");
    width_ = static_cast<uint64_t>(table_->whole("NAXIS1").value_or(0));
    rows_ = static_cast<uint64_t>(table_->whole("NAXIS2").value_or(0));
    const uint64_t there = file_->size() - std::min(file_->size(), table_->data_begin());
    if (width_ > 0 && rows_ > there / width_)
      throw input_error("the FITS file is truncated", "",
                        fmt::format("{} rows of {} bytes", rows_, width_),
                        fmt::format("{} bytes after the header", there));
    columns_ = fits_columns(*table_, width_, notes_);
    odd_.resize(columns_.size());
    check_empty_cells(there);
    const int64_t heap = table_->whole("THEAP").value_or(static_cast<int64_t>(width_ * rows_));
    if (heap < 0 || static_cast<uint64_t>(heap) > there)
      throw input_error("the heap is outside the FITS file", "THEAP", fmt::format("0 to {}", there),
                        std::to_string(heap));
    heap_ = table_->data_begin() + static_cast<uint64_t>(heap);
    first_ = ranks_->part_begin(rows_, ranks_->rank());
    last_ = ranks_->part_begin(rows_, ranks_->rank() + 1);
    decide_long();
    header_.name = fits_string(table_->text("EXTNAME").value_or(""));
    header_.parameters = parameters_of(*table_);
    for (const FitsColumn& column : columns_) header_.add(column.field);
  }

  /// Cells without bytes take memory nevertheless.
  void check_empty_cells(uint64_t bytes) const {
    const auto empty = static_cast<uint64_t>(std::count_if(
        columns_.begin(), columns_.end(), [](const auto& column) { return column.width == 0; }));
    const uint64_t most = std::max<uint64_t>(bytes, 1);
    if (empty > 0 && rows_ > 4 * most / empty)
      throw input_error("the FITS table has too many empty cells", "",
                        fmt::format("at most {} for its size", with_commas(4 * most)),
                        fmt::format("{} rows of {} empty columns", rows_, empty));
  }

  /// Numbers beyond 63 bits are read as text, if there are any: one pass for all columns.
  void decide_long() {
    std::vector<FitsColumn*> undecided;
    for (FitsColumn& column : columns_) {
      if (!column.may_exceed_long()) continue;
      column.field.type = Type::int64;
      if (column.variable)
        column.become_text();  // the heap is not searched
      else
        undecided.push_back(&column);
    }
    if (undecided.empty()) return;
    std::vector<uint8_t> exceeds(undecided.size());
    for_blocks(first_, last_ - first_, [&](const char* bytes, uint64_t, size_t rows) {
      for (size_t i = 0; i < undecided.size(); ++i)
        if (!exceeds[i])
          exceeds[i] = exceeds_long(*undecided[i], bytes + undecided[i]->offset, width_, rows);
    });
    const auto of_all = ranks_->all_values(std::span<const uint8_t>(exceeds));
    for (size_t i = 0; i < of_all.size(); ++i)
      if (of_all[i]) exceeds[i % undecided.size()] = 1;
    for (size_t i = 0; i < undecided.size(); ++i)
      if (exceeds[i]) undecided[i]->become_text();
  }

  /// Reads blocks of whole rows that fit in the cache.
  template <class Work>
  void for_blocks(uint64_t first, uint64_t rows, Work&& work) const {
    constexpr uint64_t block_bytes = 1 << 20;
    const uint64_t step = std::clamp<uint64_t>(block_bytes / std::max<uint64_t>(width_, 1), 1,
                                               std::max<uint64_t>(rows, 1));
    std::vector<char> bytes(step * width_);
    for (uint64_t done = 0; done < rows; done += step) {
      const uint64_t count = std::min(step, rows - done);
      file_->read(table_->data_begin() + (first + done) * width_, bytes.data(), count * width_);
      work(bytes.data(), first + done, static_cast<size_t>(count));
    }
  }

  void read_rows(Table& batch, size_t max_rows) override {
    const uint64_t next = first_ + rows_read_;
    if (next == last_) return;
    const uint64_t rows = rows_within(next, std::min<uint64_t>(max_rows, last_ - next));
    for (Column& column : batch.columns) column.reserve(static_cast<size_t>(rows));
    for_blocks(next, rows, [&](const char* bytes, uint64_t first, size_t count) {
      threads_.run(columns_.size(), [&](size_t c) {
        const FitsColumn& column = columns_[c];
        if (!column.variable)
          decode_cells(column, bytes + column.offset, width_, count, column.repeat, first,
                       batch.columns[c], odd_[c]);
      });
      for (size_t c = 0; c < columns_.size(); ++c)
        if (columns_[c].variable) read_arrays(c, bytes, first, count, batch.columns[c]);
    });
  }

  /// An array in the heap.
  struct HeapArray {
    uint64_t count, offset, bytes;
  };
  HeapArray descriptor(const FitsColumn& column, const char* row, uint64_t number) const {
    const char* const at = row + column.offset;
    const int64_t count = column.wide ? from_big_endian<int64_t>(at) : from_big_endian<int32_t>(at);
    const int64_t offset =
        column.wide ? from_big_endian<int64_t>(at + 8) : from_big_endian<int32_t>(at + 4);
    const auto fail = [&](const char* what, const std::string& expected, int64_t found) {
      throw input_error(what, fmt::format("row {}, column {}", number + 1, column.field.name),
                        expected, std::to_string(found));
    };
    if (count < 0 || static_cast<uint64_t>(count) > max_cell_values)
      fail("an array is too large", "at most " + with_commas(max_cell_values) + " values", count);
    const HeapArray array{static_cast<uint64_t>(count), static_cast<uint64_t>(offset),
                          column.bytes_of(static_cast<uint64_t>(count))};
    const uint64_t there = file_->size() - heap_;
    if (count > 0 && (offset < 0 || array.offset > there || array.bytes > there - array.offset))
      fail("an array is outside the FITS file",
           fmt::format("an offset in the heap of {} bytes", there), offset);
    return array;
  }

  /// The number of the `rows` rows from `next` on, at least one, whose arrays in the heap have a
  /// few million values.
  uint64_t rows_within(uint64_t next, uint64_t rows) const {
    if (std::none_of(columns_.begin(), columns_.end(), [](const auto& c) { return c.variable; }))
      return rows;
    constexpr uint64_t most_values = 1 << 22;
    constexpr uint64_t step = 1024;
    uint64_t within = 0;
    uint64_t values = 0;
    while (within < rows && values <= most_values)
      for_blocks(next + within, std::min(step, rows - within),
                 [&](const char* block, uint64_t first, size_t count) {
                   for (size_t row = 0; row < count && values <= most_values; ++row) {
                     for (const FitsColumn& column : columns_)
                       if (column.variable)
                         values += descriptor(column, block + row * width_, first + row).count;
                     within += values <= most_values;
                   }
                 });
    return std::max<uint64_t>(1, within);
  }

  void read_arrays(size_t c, const char* rows, uint64_t first, size_t count, Column& column) {
    const FitsColumn& format = columns_[c];
    HeapWindow heap(*file_, heap_);
    for (size_t row = 0; row < count; ++row) {
      const HeapArray array = descriptor(format, rows + row * width_, first + row);
      // Rows may share an array, but not so many that a small file fills the memory.
      array_bytes_ += array.bytes;
      if (array_bytes_ > most_shared * file_->size())
        throw input_error(
            "too many rows share the same arrays", "",
            fmt::format("arrays of at most {} times the size of the file", most_shared),
            fmt::format("more, up to row {}", first + row + 1));
      const char* const values = array.count ? heap.read(array.offset, array.bytes) : nullptr;
      decode_cells(format, values, 0, 1, array.count, first + row, column, odd_[c]);
    }
  }

  static constexpr uint64_t most_shared = 16;

  Threads threads_;
  const Communicator* ranks_;
  uint64_t first_ = 0, last_ = 0;  // the rows of this part
  std::unique_ptr<SpooledFile> spool_;
  std::optional<FitsFile> file_;
  std::optional<FitsHeader> table_;
  uint64_t width_ = 0, rows_ = 0, heap_ = 0, array_bytes_ = 0;
  std::vector<FitsColumn> columns_;
  std::vector<FitsOddCells> odd_;
  ReaderNotes notes_;
};

}  // namespace

std::unique_ptr<TableReader> open_fits(std::unique_ptr<ByteSource> source, const std::string& part,
                                       const Threads& threads, const Communicator& ranks) {
  return std::make_unique<FitsReader>(std::move(source), part, threads, ranks);
}

}  // namespace uhuru::io
