// Reads FITS binary and ASCII tables with CFITSIO.

#include <fitsio.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/cfitsio.hpp"
#include "uhuru/io/fits_cells.hpp"
#include "uhuru/io/formats.hpp"
#include "uhuru/io/utf8.hpp"

namespace uhuru {
namespace {

constexpr int max_fits_columns = 999;

/// How a column is read: CFITSIO's type code and the shape of the column.
struct FitsColumn {
  int code = 0;
  long repeat = 1;  // values per cell; for text: strings
  long width = 1;   // of one string
  bool variable = false;
  bool plain_float = false;  // unscaled floats in a binary table
  std::optional<PlainCells> plain;
};

class FitsReader : public TableReader {
 public:
  FitsReader(std::unique_ptr<ByteSource> source, const std::string& part, const Threads& threads)
      : TableReader(source->name()), threads_(threads) {
    // CFITSIO seeks: compressed, piped and in-memory input is first copied to a file.
    source->peek();
    std::string path = source->was_gzip() ? "" : source->seekable_path();
    if (path.empty()) {
      spool_ = std::make_unique<SpooledFile>(*source);
      path = spool_->path();
    }
    source.reset();
    int status = 0;
    fits_open_diskfile(&fits_, path.c_str(), READONLY, &status);
    check(status, "cannot open the FITS file");
    try {
      find_table(part);
      read_header();
    } catch (...) {
      close();
      throw;
    }
  }
  ~FitsReader() override { close(); }

  double fraction_read() const override {
    return rows_ ? static_cast<double>(rows_read_) / static_cast<double>(rows_) : 1;
  }

 private:
  void close() {
    int status = 0;
    if (fits_) fits_close_file(fits_, &status);
    fits_clear_errmsg();
    fits_ = nullptr;
  }
  void check(int status, const std::string& what, const std::string& where = {}) const {
    if (status == 0) return;
    const bool cut = status == END_OF_FILE || status == READ_ERROR || status == SEEK_ERROR;
    const std::string place = where.empty() ? name_ : name_ + ", " + where;
    throw input_error(cut ? "the FITS file is truncated" : what, place,
                      cut ? "the size given in its header" : "", fits_message(status));
  }

  void find_table(const std::string& part) {
    int status = 0;
    int kind = 0;
    const auto number = parse_int(part);
    if (!part.empty() && !number) {
      std::string extension = part;
      fits_movnam_hdu(fits_, ANY_HDU, extension.data(), 0, &status);
    } else if (number) {
      if (*number < 0 || *number > 10000) status = BAD_HDU_NUM;
      fits_movabs_hdu(fits_, static_cast<int>(*number) + 1, nullptr, &status);
    } else {
      for (int hdu = 1; status == 0; ++hdu) {
        if (fits_movabs_hdu(fits_, hdu, &kind, &status) || is_table(kind)) break;
      }
    }
    if (status == END_OF_FILE || status == BAD_HDU_NUM || status == 0) {
      fits_clear_errmsg();
      if (status == 0) fits_get_hdu_type(fits_, &kind, &status);
      if (status == 0 && is_table(kind)) return;
      throw input_error(
          "no such table in the FITS file", name_,
          part.empty() ? "a table extension" : "a table in extension " + in_quotes(part),
          status ? "no more extensions" : "an image");
    }
    check(status, "cannot find the table");
  }
  static bool is_table(int kind) { return kind == BINARY_TBL || kind == ASCII_TBL; }

  std::string keyword(const std::string& stem, int column) const {
    int status = 0;
    char* value = nullptr;
    const std::string name = fmt::format("{}{}", stem, column);
    if (fits_read_key_longstr(fits_, name.c_str(), &value, nullptr, &status)) {
      fits_clear_errmsg();
      return {};
    }
    std::string text = to_utf8(trim(value));
    int freed = 0;
    fits_free_memory(value, &freed);
    return text;
  }

  void read_header() {
    int status = 0;
    int count = 0;
    fits_get_num_rowsll(fits_, &rows_, &status);
    fits_get_num_cols(fits_, &count, &status);
    int kind = 0;
    fits_get_hdu_type(fits_, &kind, &status);
    is_binary_ = kind == BINARY_TBL;
    check(status, "unreadable table header");
    check_size();
    char extension[FLEN_VALUE] = "";
    if (fits_read_key(fits_, TSTRING, "EXTNAME", extension, nullptr, &status)) status = 0;
    fits_clear_errmsg();
    header_.name = to_utf8(trim(extension));
    if (count > max_fits_columns) throw input_error("the table has too many columns", name_);
    for (int c = 1; c <= count; ++c) read_column(c);
  }

  /// Checks that the file has all rows of the header; CFITSIO itself notices too late.
  void check_size() {
    int status = 0;
    LONGLONG header_start = 0;
    LONGLONG data_start = 0;
    LONGLONG data_end = 0;
    LONGLONG width = 0;
    fits_get_hduaddrll(fits_, &header_start, &data_start, &data_end, &status);
    fits_read_key(fits_, TLONGLONG, "NAXIS1", &width, nullptr, &status);
    check(status, "unreadable table header");
    const LONGLONG file_size = fits_->Fptr->filesize;
    const bool fits_in =
        width >= 0 && rows_ >= 0 &&
        (width == 0 || rows_ <= (file_size - data_start) / std::max<LONGLONG>(width, 1));
    if (!fits_in)
      throw input_error(
          "the FITS file is truncated", name_, fmt::format("{} rows of {} bytes", rows_, width),
          fmt::format("{} bytes after the header", std::max<LONGLONG>(0, file_size - data_start)));
  }

  void read_column(int c) {
    Field field;
    field.name = keyword("TTYPE", c);
    if (field.name.empty()) field.name = fmt::format("col{}", c);
    field.unit = keyword("TUNIT", c);
    field.ucd = keyword("TUCD", c);
    field.utype = keyword("TUTYP", c);
    field.description = keyword("TCOMM", c);
    FitsColumn column;
    int status = 0;
    int stored = 0;
    fits_get_coltype(fits_, c, &stored, nullptr, nullptr, &status);
    fits_get_eqcoltype(fits_, c, &column.code, &column.repeat, &column.width, &status);
    check(status, "unreadable column format", "column " + field.name);
    column.variable = column.code < 0;
    column.code = std::abs(column.code);
    // A scaled integer is read as double: single precision would lose digits.
    const bool scaled = (column.code == TFLOAT || column.code == TDOUBLE) &&
                        std::abs(stored) != TFLOAT && std::abs(stored) != TDOUBLE;
    if (scaled) column.code = TDOUBLE;
    column.plain_float = is_binary_ && !scaled &&
                         (column.code == TFLOAT || column.code == TDOUBLE ||
                          column.code == TCOMPLEX || column.code == TDBLCOMPLEX);
    int null_status = 0;
    long long null = 0;
    if (fits_read_key(fits_, TLONGLONG, fmt::format("TNULL{}", c).c_str(), &null, nullptr,
                      &null_status) == 0)
      field.null_marker = null;
    fits_clear_errmsg();
    set_type(field, column);
    set_shape(c, field, column);
    parse_arraysize(field.arraysize);  // rejects cells beyond the limit
    column.plain = plain_cells(c, field, column);
    header_.add(std::move(field));
    columns_.push_back(column);
  }

  /// Cells that can be copied from their rows: no scaling, no bits, no arrays of strings or
  /// booleans or with missing elements.
  std::optional<PlainCells> plain_cells(int c, const Field& field, const FitsColumn& column) const {
    if (!is_binary_ || column.variable || column.repeat <= 0) return std::nullopt;
    constexpr LONGLONG no_null = 1234554321;  // CFITSIO's NULL_UNDEFINED
    const tcolumn& stored = fits_->Fptr->tableptr[c - 1];
    const bool scaled = stored.tscale != 1 || stored.tzero != 0 || stored.tdatatype != column.code;
    PlainCells cells{static_cast<size_t>(stored.tbcol), static_cast<size_t>(column.width), {}};
    if (is_integer(field.type) && stored.tnull != no_null) cells.null = stored.tnull;
    const bool is_text = field.type == Type::text;
    const bool plain = column.plain_float ||
                       (is_text && !field.is_text_array() && column.repeat == column.width) ||
                       (column.code == TLOGICAL && field.is_scalar()) ||
                       (is_integer(field.type) && !scaled &&
                        (!cells.null || (field.is_scalar() && can_hold(field.type, *cells.null))));
    const size_t bytes = is_text ? cells.width : field.cell_size() * type_size(field.type);
    const bool fits_in = cells.offset + bytes <= static_cast<size_t>(fits_->Fptr->rowlength);
    return plain && fits_in ? std::optional(cells) : std::nullopt;
  }

  void set_type(Field& field, FitsColumn& column) const {
    switch (column.code) {
      case TBIT:
      case TLOGICAL:
        field.type = Type::boolean;
        break;
      case TBYTE:
        field.type = Type::byte;
        break;
      case TSBYTE:
      case TSHORT:
        field.type = Type::int16;
        break;
      case TUSHORT:
      case TINT:
      case TLONG:
        field.type = Type::int32;
        break;
      case TUINT:
      case TULONG:
      case TLONGLONG:
      case TULONGLONG:
        field.type = Type::int64;
        break;
      case TFLOAT:
      case TCOMPLEX:
        field.type = Type::float32;
        break;
      case TDOUBLE:
      case TDBLCOMPLEX:
        field.type = Type::float64;
        break;
      case TSTRING:
        field.type = Type::text;
        break;
      default:
        throw input_error("unknown column format", name_ + ", column " + field.name, "",
                          keyword("TFORM", static_cast<int>(columns_.size()) + 1));
    }
    if (field.null_marker && !can_hold(field.type, *field.null_marker)) field.null_marker.reset();
    // With TZERO the null value refers to the raw number; the smallest of the wider type replaces
    // it.
    if (field.null_marker && (column.code == TUSHORT || column.code == TUINT ||
                              column.code == TULONG || column.code == TULONGLONG))
      field.null_marker = smallest_whole(field.type);
  }

  void set_shape(int c, Field& field, FitsColumn& column) const {
    const bool complex = column.code == TCOMPLEX || column.code == TDBLCOMPLEX;
    if (column.code == TSTRING) {
      if (column.variable || column.repeat == 0) return;
      if (column.width <= 0) column.width = std::max(1L, column.repeat);
      const std::string dims = keyword("TDIM", c);
      const bool array = column.width < column.repeat || std::count(dims.begin(), dims.end(), ',');
      if (!array) return;
      const long whole = column.repeat;
      long inner = column.width;
      if (column.width >= whole && dims.size() > 2)
        inner = static_cast<long>(parse_int(dims.substr(1, dims.find(',') - 1)).value_or(whole));
      if (inner > 0 && whole > inner) field.arraysize = fmt::format("{}x{}", inner, whole / inner);
      return;
    }
    if (column.variable || column.repeat == 0) {
      field.arraysize = complex ? "2x*" : "*";
      return;
    }
    if (column.repeat == 1 && keyword("TDIM", c).empty()) {
      field.arraysize = complex ? "2" : "";
      return;
    }
    std::vector<long> axes(16);
    int count = 0;
    int status = 0;
    fits_read_tdim(fits_, c, static_cast<int>(axes.size()), &count, axes.data(), &status);
    check(status, "unreadable TDIM", "column " + field.name);
    if (complex) field.arraysize = "2";
    for (int i = 0; i < count; ++i)
      field.arraysize += fmt::format("{}{}", field.arraysize.empty() ? "" : "x", axes[i]);
    if (field.arraysize == "1") field.arraysize.clear();
  }

  void read_rows(Table& batch, size_t max_rows) override {
    const auto first = static_cast<LONGLONG>(rows_read_) + 1;
    if (first > rows_) return;
    const LONGLONG rows =
        rows_within(first, static_cast<LONGLONG>(std::min<uint64_t>(
                               max_rows, static_cast<uint64_t>(rows_ - first + 1))));
    read_plain(first, rows, batch);
    // A few megabytes at a time, whatever the width of the arrays.
    for (size_t c = 0; c < columns_.size(); ++c) {
      if (columns_[c].plain) continue;
      const long cell = std::max(1L, columns_[c].repeat);
      const auto step = std::clamp<LONGLONG>((LONGLONG{1} << 20) / cell, 1, rows);
      for (LONGLONG done = 0; done < rows; done += step)
        read_cells(static_cast<int>(c), first + done, std::min(step, rows - done),
                   batch.columns[c]);
    }
  }

  /// The number of rows, at least one, whose variable arrays total a few megabytes: all rows may
  /// refer to the same part of the file.
  LONGLONG rows_within(LONGLONG first, LONGLONG rows) {
    constexpr LONGLONG most_values = LONGLONG{1} << 22;
    if (std::none_of(columns_.begin(), columns_.end(), [](const auto& c) { return c.variable; }))
      return rows;
    const auto n = static_cast<size_t>(rows);
    std::vector<LONGLONG> counts(n), offsets(n), values(n);
    for (size_t c = 0; c < columns_.size(); ++c) {
      if (!columns_[c].variable) continue;
      int status = 0;
      fits_read_descriptsll(fits_, static_cast<int>(c) + 1, first, rows, counts.data(),
                            offsets.data(), &status);
      check(status, "unreadable arrays", fmt::format("rows from {}", first));
      for (size_t row = 0; row < n; ++row)
        values[row] += std::clamp<LONGLONG>(counts[row], 0, most_values);
    }
    LONGLONG sum = 0;
    for (size_t row = 0; row < n; ++row)
      if ((sum += values[row]) > most_values)
        return std::max<LONGLONG>(1, static_cast<LONGLONG>(row));
    return rows;
  }

  /// Reads blocks of whole rows that fit in the cache and decodes their plain columns.
  void read_plain(LONGLONG first, LONGLONG rows, Table& batch) {
    constexpr LONGLONG block_bytes = 1 << 20;
    const LONGLONG width = fits_->Fptr->rowlength;
    if (std::none_of(columns_.begin(), columns_.end(), [](const auto& c) { return c.plain; }))
      return;
    for (size_t c = 0; c < columns_.size(); ++c)
      if (columns_[c].plain) batch.columns[c].reserve(static_cast<size_t>(rows));
    const LONGLONG step = std::clamp<LONGLONG>(block_bytes / width, 1, rows);
    std::vector<unsigned char> bytes(static_cast<size_t>(step * width));
    for (LONGLONG done = 0; done < rows; done += step) {
      const LONGLONG count = std::min(step, rows - done);
      int status = 0;
      fits_read_tblbytes(fits_, first + done, 1, count * width, bytes.data(), &status);
      check(status, "unreadable values", fmt::format("rows from {}", first + done));
      const auto* begin = reinterpret_cast<const char*>(bytes.data());
      threads_.run(columns_.size(), [&](size_t c) {
        if (columns_[c].plain)
          decode_cells(begin, static_cast<size_t>(width), static_cast<size_t>(count),
                       *columns_[c].plain, batch.columns[c]);
      });
    }
  }

  void read_cells(int c, LONGLONG row, LONGLONG rows, Column& column) {
    if (columns_[c].repeat == 0) {
      for (LONGLONG i = 0; i < rows; ++i) column.append_missing();
      return;
    }
    if (columns_[c].code == TBIT) {  // CFITSIO reads on into the padding of a row's last byte
      for (LONGLONG i = 0; i < rows; ++i)
        read_numbers<uint8_t>(c, row + i, 1, column.field.cell_size(), column);
      return;
    }
    if (columns_[c].variable) {
      for (LONGLONG i = 0; i < rows; ++i) read_variable(c, row + i, column);
      return;
    }
    if (column.field.type == Type::text) return read_text(c, row, rows, column);
    column.visit([&](const auto& values) {
      using T = typename std::decay_t<decltype(values)>::value_type;
      const size_t cell = column.field.cell_size();
      read_numbers<T>(c, row, static_cast<size_t>(rows), cell, column);
    });
  }

  template <class T>
  void read_numbers(int c, LONGLONG row, size_t rows, size_t cell, Column& column) {
    const size_t n = rows * cell;
    std::vector<T> values(n + 1);
    std::vector<char> missing(n + 1);
    int any = 0;
    int status = 0;
    const int code = columns_[c].code;
    const bool complex = code == TCOMPLEX || code == TDBLCOMPLEX;
    const int type = complex || code == TBIT ? code : fits_memory_type(column.field.type);
    const auto count = static_cast<LONGLONG>(complex ? n / 2 : n);
    // Floats are read without null check: with it, CFITSIO would alter infinities and denormal
    // numbers.
    if (code == TBIT || columns_[c].plain_float)
      fits_read_col(fits_, type, c + 1, row, 1, count, nullptr, values.data(), &any, &status);
    else
      fits_read_colnull(fits_, type, c + 1, row, 1, count, values.data(), missing.data(), &any,
                        &status);
    check(status, "unreadable values",
          fmt::format("rows {} to {}, column {}", row, row + static_cast<LONGLONG>(rows) - 1,
                      column.field.name));
    for (size_t i = 0; i < rows; ++i) {
      const std::span<T> one(values.data() + i * cell, cell);
      char* flags = missing.data() + i * cell;
      if (column.field.type == Type::boolean)  // neither T nor F: CFITSIO passes the byte on
        for (size_t k = 0; k < cell; ++k) flags[k] = flags[k] || one[k] > T{1};
      bool all = !std::is_floating_point_v<T>;
      for (size_t k = 0; k < cell; ++k) {
        if constexpr (std::is_floating_point_v<T>) {
          if (flags[k]) one[k] = std::numeric_limits<T>::quiet_NaN();
        } else {
          all = all && flags[k];
          if (flags[k] && cell > 1) one[k] = missing_element<T>(column.field);
        }
      }
      if (all)
        column.append_missing();
      else
        column.append(std::span<const T>(one));
    }
  }

  void read_text(int c, LONGLONG row, LONGLONG rows, Column& column) {
    const FitsColumn& format = columns_[c];
    const long strings = std::max(1L, format.repeat / std::max(1L, format.width));
    const auto width = static_cast<size_t>(format.width);
    const auto n = static_cast<size_t>(rows * strings);
    std::vector<char> bytes(n * (width + 1));
    std::vector<char*> pointers(n);
    for (size_t i = 0; i < n; ++i) pointers[i] = bytes.data() + i * (width + 1);
    char none[] = "";
    int any = 0;
    int status = 0;
    fits_read_col(fits_, TSTRING, c + 1, row, 1, static_cast<LONGLONG>(n), none, pointers.data(),
                  &any, &status);
    check(status, "unreadable text", fmt::format("row {}, column {}", row, column.field.name));
    for (LONGLONG i = 0; i < rows; ++i) {
      std::string text;
      for (long k = 0; k < strings; ++k) {
        const char* raw = pointers[static_cast<size_t>(i * strings + k)];
        std::string one = column.field.is_text_array() ? ascii_of(raw) : to_utf8(raw);
        while (one.ends_with(' ')) one.pop_back();
        if (k + 1 < strings) one.resize(width, ' ');
        text += one;
      }
      if (strings > 1 && trim(text).empty()) text.clear();
      if (column.field.is_text_array() && !text.empty())
        text.resize(std::max<size_t>(text.size(), parse_arraysize(column.field.arraysize)), ' ');
      column.append_text(text);
    }
  }

  void read_variable(int c, LONGLONG row, Column& column) {
    int status = 0;
    LONGLONG count = 0;
    LONGLONG offset = 0;
    fits_read_descriptll(fits_, c + 1, row, &count, &offset, &status);
    const std::string place = fmt::format("row {}, column {}", row, column.field.name);
    check(status, "unreadable array", place);
    if (count < 0 || static_cast<uint64_t>(count) > max_cell_values ||
        count > fits_->Fptr->filesize * 8)
      throw input_error("an array is too large", name_ + ", " + place,
                        "at most " + with_commas(max_cell_values) + " values",
                        fmt::format("{}", count));
    if (count == 0) return column.append_missing();
    if (column.field.type == Type::text) {
      std::vector<char> bytes(static_cast<size_t>(count) + 1);
      char* pointer = bytes.data();
      char none[] = "";
      int any = 0;
      fits_read_col(fits_, TSTRING, c + 1, row, 1, 1, none, &pointer, &any, &status);
      check(status, "unreadable text", place);
      return column.append_text(to_utf8(pointer));
    }
    const bool complex = columns_[c].code == TCOMPLEX || columns_[c].code == TDBLCOMPLEX;
    column.visit([&](const auto& values) {
      using T = typename std::decay_t<decltype(values)>::value_type;
      read_numbers<T>(c, row, 1, static_cast<size_t>(complex ? 2 * count : count), column);
    });
  }

  Threads threads_;
  std::unique_ptr<SpooledFile> spool_;
  fitsfile* fits_ = nullptr;
  LONGLONG rows_ = 0;
  bool is_binary_ = true;
  std::vector<FitsColumn> columns_;
};

}  // namespace

std::unique_ptr<TableReader> open_fits(std::unique_ptr<ByteSource> source, const std::string& part,
                                       const Threads& threads) {
  return std::make_unique<FitsReader>(std::move(source), part, threads);
}

}  // namespace uhuru
