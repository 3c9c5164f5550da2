// Writes FITS binary tables with CFITSIO.

#include <fitsio.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <limits>
#include <optional>
#include <utility>

#include "uhuru/base/error.hpp"
#include "uhuru/base/temporary.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/big_endian.hpp"
#include "uhuru/io/byte_source.hpp"
#include "uhuru/io/cfitsio.hpp"
#include "uhuru/io/formats.hpp"
#include "uhuru/io/utf8.hpp"

namespace fs = std::filesystem;

namespace uhuru {
namespace {

/// What must be known about the rows written so far of a column.
struct Written {
  Field field;
  long width = 1;                 // for a text column
  LONGLONG cell = 1;              // values per cell
  int64_t marker = 0;             // represents missing integers
  bool marker_used = false;       // and also occurs as a number
  std::vector<LONGLONG> missing;  // rows (from 1) of missing cells
  bool missing_elements = false;  // in arrays
  std::array<bool, 256> used{};   // bytes that occur
};

/// Text that is valid in a FITS header.
std::string ascii(std::string_view text) {
  std::string result;
  for (const char c : text)
    if ((static_cast<unsigned char>(c) & 0xc0) != 0x80)  // one '?' for each non-ASCII character
      result += c >= ' ' && c <= '~' ? c : '?';
  return result;
}

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
      return 'A';
  }
  return 'A';
}

class FitsWriter : public TableWriter {
 public:
  FitsWriter(const std::string& path, const Table& header, Overwrite overwrite)
      : path_(path), written_(header.columns.size()) {
    check_target(path, overwrite);
    // CFITSIO needs a seekable file; any other target gets a copy.
    std::error_code ignored;
    const bool plain = path != "-" && !path.ends_with(".gz") &&
                       (!fs::exists(path, ignored) || fs::is_regular_file(path, ignored));
    if (!plain) copy_ = std::make_unique<OutputFile>(path, overwrite);
    pending_.emplace(plain ? path : temporary_parent() + "/uhuru");
    int status = 0;
    fits_create_diskfile(&fits_, pending_->path().c_str(), &status);
    check(status);
    try {
      create(header);
    } catch (...) {
      close();
      throw;
    }
  }
  ~FitsWriter() override { close(); }

  void write(const Table& batch) override {
    if (batch.rows() == 0) return;
    int status = 0;
    fits_insert_rows(fits_, rows_, static_cast<LONGLONG>(batch.rows()), &status);
    check(status);
    for (size_t c = 0; c < batch.columns.size(); ++c)
      if (batch.columns[c].field.type == Type::text) widen(c, batch.columns[c]);
    write_plain(batch);
    for (size_t c = 0; c < batch.columns.size(); ++c)
      if (!is_plain(batch.columns[c].field)) write_column(c, batch.columns[c]);
    rows_ += static_cast<LONGLONG>(batch.rows());
  }

  void commit() override {
    for (size_t c = 0; c < written_.size(); ++c) mark_missing(c);
    int status = 0;
    fits_close_file(std::exchange(fits_, nullptr), &status);
    check(status);
    if (!copy_) return pending_->commit();
    const auto source = ByteSource::open(pending_->path());
    for (auto bytes = source->next(); !bytes.empty(); bytes = source->next()) copy_->write(bytes);
    copy_->commit();
  }

 private:
  void close() {
    int status = 0;
    if (fits_) fits_close_file(std::exchange(fits_, nullptr), &status);
    fits_clear_errmsg();
  }

  void check(int status, const std::string& where = {}) const {
    if (status == 0) return;
    throw system_error("cannot write the FITS file", where.empty() ? path_ : path_ + ", " + where,
                       "", fits_message(status));
  }

  static std::string form(const Field& field) {
    const char letter = form_letter(field.type);
    if (field.type == Type::text) {
      const size_t size = field.is_text_array() ? parse_arraysize(field.arraysize) : 1;
      return fmt::format("{}A", std::max<size_t>(1, size));
    }
    const size_t size = field.cell_size();
    return size ? fmt::format("{}{}", size, letter) : fmt::format("1P{}", letter);
  }

  void create(const Table& header) {
    std::vector<std::string> texts;
    for (const Column& column : header.columns) {
      texts.push_back(ascii(column.field.name).substr(0, 68));
      texts.push_back(form(column.field));
      texts.push_back(ascii(column.field.unit).substr(0, 68));
    }
    std::vector<char*> names, forms, units;
    for (size_t i = 0; i < texts.size(); i += 3) {
      names.push_back(texts[i].data());
      forms.push_back(texts[i + 1].data());
      units.push_back(texts[i + 2].data());
    }
    std::string table_name = ascii(header.name).substr(0, 68);
    int status = 0;
    fits_create_tbl(fits_, BINARY_TBL, 0, static_cast<int>(names.size()), names.data(),
                    forms.data(), units.data(), table_name.empty() ? nullptr : table_name.data(),
                    &status);
    check(status);
    for (size_t c = 0; c < header.columns.size(); ++c) put_metadata(c, header.columns[c].field);
  }

  void put_metadata(size_t c, const Field& field) {
    written_[c].field = field;
    if (is_integer(field.type))
      written_[c].marker =
          field.null_marker.value_or(field.type == Type::byte ? 255 : smallest_whole(field.type));
    const auto put = [&](const char* stem, const std::string& text) {
      if (text.empty()) return;
      int status = 0;
      fits_write_key_longstr(fits_, fmt::format("{}{}", stem, c + 1).c_str(), ascii(text).c_str(),
                             nullptr, &status);
      check(status, "column " + field.name);
    };
    put("TUCD", field.ucd);
    put("TUTYP", field.utype);
    put("TCOMM", field.description);
    if (field.arraysize.find('x') != std::string::npos &&
        field.arraysize.find('*') == std::string::npos) {
      std::string dims = field.arraysize;
      std::replace(dims.begin(), dims.end(), 'x', ',');
      put("TDIM", "(" + dims + ")");
    }
    if (field.is_text_array())
      written_[c].width = static_cast<long>(std::max<size_t>(1, parse_arraysize(field.arraysize)));
  }

  /// Cells that can be copied to their rows: written here, not by CFITSIO.
  static bool is_plain(const Field& field) {
    return field.type == Type::text ? !field.is_text_array() : field.cell_size() > 0;
  }

  /// Writes whole rows, as many as fit in the processor's cache at a time; cells that are not plain
  /// stay zero.
  void write_plain(const Table& batch) {
    constexpr size_t block_bytes = 1 << 18;
    const auto width = static_cast<size_t>(fits_->Fptr->rowlength);
    const size_t step = std::max<size_t>(1, block_bytes / std::max<size_t>(1, width));
    std::vector<char> bytes;
    for (size_t begin = 0; begin < batch.rows(); begin += step) {
      const size_t rows = std::min(step, batch.rows() - begin);
      bytes.assign(rows * width, '\0');
      for (size_t c = 0; c < batch.columns.size(); ++c) {
        const Column& column = batch.columns[c];
        if (!is_plain(column.field)) continue;
        char* const at = bytes.data() + fits_->Fptr->tableptr[c].tbcol;
        if (column.field.type == Type::text)
          put_text(column, begin, rows, written_[c].width, at, width);
        else
          column.visit([&](const auto& all) {
            using T = typename std::decay_t<decltype(all)>::value_type;
            put_numbers<T>(c, column, begin, rows, at, width);
          });
      }
      int status = 0;
      fits_write_tblbytes(fits_, rows_ + 1 + static_cast<LONGLONG>(begin), 1,
                          static_cast<LONGLONG>(bytes.size()),
                          reinterpret_cast<unsigned char*>(bytes.data()), &status);
      check(status);
    }
  }

  static void put_text(const Column& column, size_t begin, size_t rows, long width, char* at,
                       size_t stride) {
    for (size_t row = begin; row < begin + rows; ++row, at += stride) {
      const auto text = column.text(row);
      std::memset(at, ' ', static_cast<size_t>(width));
      text.copy(at, text.size());
    }
  }

  template <class T>
  void put_numbers(size_t c, const Column& column, size_t begin, size_t rows, char* at,
                   size_t stride) {
    Written& written = written_[c];
    const bool boolean = column.field.type == Type::boolean;
    written.cell = static_cast<LONGLONG>(column.field.cell_size());
    for (size_t row = begin; row < begin + rows; ++row, at += stride) {
      const bool missing = !std::is_floating_point_v<T> && column.missing(row);
      if (missing && !boolean) written.missing.push_back(rows_ + 1 + static_cast<LONGLONG>(row));
      char* to = at;
      auto values = column.cell<T>(row);
      const std::vector<T> filler(
          values.empty() ? column.field.cell_size() : 0,
          std::numeric_limits<T>::has_quiet_NaN ? std::numeric_limits<T>::quiet_NaN() : T{});
      if (values.empty()) values = filler;
      for (T value : values) {
        if (boolean) {
          *to++ = missing || value == T{unknown_boolean} ? '\0' : value != T{} ? 'T' : 'F';
          continue;
        }
        if constexpr (!std::is_floating_point_v<T>) {
          if (missing)
            value = static_cast<T>(written.marker);
          else
            note_value(column.field, value, written);
        }
        to_big_endian(value, to);
        to += sizeof(T);
      }
    }
  }

  void write_column(size_t c, const Column& column) {
    if (column.field.type == Type::text) return write_strings(c, column);
    column.visit([&](const auto& values) {
      write_variable<typename std::decay_t<decltype(values)>::value_type>(c, column);
    });
  }

  /// Remembers which numbers occur: an unused one will mark missing values.
  template <class T>
  static void note_value(const Field& field, T value, Written& written) {
    if constexpr (sizeof(T) == 1) written.used[value] = true;
    if (static_cast<int64_t>(value) != written.marker) return;
    const bool element = !field.is_scalar() && field.null_marker;
    (element ? written.missing_elements : written.marker_used) = true;
  }

  template <class T>
  void write_variable(size_t c, const Column& column) {
    int status = 0;
    for (size_t row = 0; row < column.size(); ++row) {
      const auto cell = column.template cell<T>(row);
      if (cell.empty()) continue;
      if constexpr (!std::is_floating_point_v<T>)
        if (column.field.type != Type::boolean)
          for (const T value : cell) note_value(column.field, value, written_[c]);
      fits_write_col(fits_, fits_memory_type(column.field.type), static_cast<int>(c) + 1,
                     rows_ + 1 + static_cast<LONGLONG>(row), 1, static_cast<LONGLONG>(cell.size()),
                     const_cast<T*>(cell.data()), &status);
    }
    check(status, "column " + column.field.name);
  }

  /// Makes room for the longest text.
  void widen(size_t c, const Column& column) {
    Written& written = written_[c];
    long width = written.width;
    for (size_t row = 0; row < column.size(); ++row) {
      const auto text = column.text(row);
      if (std::any_of(text.begin(), text.end(), [](char ch) { return ch < ' ' || ch > '~'; }))
        throw input_error("a FITS table can only hold ASCII text",
                          fmt::format("row {}, column {}", rows_ + 1 + static_cast<LONGLONG>(row),
                                      column.field.name),
                          "printable ASCII; use VOTable or CSV for other text", in_quotes(text));
      width = std::max(width, static_cast<long>(text.size()));
    }
    int status = 0;
    if (width > written.width)
      fits_modify_vector_len(fits_, static_cast<int>(c) + 1, width, &status);
    written.width = width;
    check(status, "column " + column.field.name);
  }

  /// An array of strings is written string by string.
  void write_strings(size_t c, const Column& column) {
    const std::string& arraysize = column.field.arraysize;
    const size_t inner = parse_arraysize(arraysize.substr(0, arraysize.find('x')));
    const size_t strings = inner ? static_cast<size_t>(written_[c].width) / inner : 1;
    std::vector<std::string> texts;
    for (size_t row = 0; row < column.size(); ++row)
      for (size_t k = 0; k < strings; ++k) {
        const auto text = column.text(row);
        texts.emplace_back(text.substr(std::min(k * inner, text.size()), inner));
      }
    std::vector<char*> pointers;
    pointers.reserve(texts.size());
    for (std::string& text : texts) pointers.push_back(text.data());
    int status = 0;
    fits_write_col(fits_, TSTRING, static_cast<int>(c) + 1, rows_ + 1, 1,
                   static_cast<LONGLONG>(texts.size()), pointers.data(), &status);
    check(status, "column " + column.field.name);
  }

  /// Missing integers are marked by an unused number, which is known only at the end.
  void mark_missing(size_t c) {
    Written& written = written_[c];
    if (written.missing.empty() && !written.missing_elements) return;
    const std::string place = "column " + written.field.name;
    const int column = static_cast<int>(c) + 1;
    const auto unused = std::find(written.used.rbegin(), written.used.rend(), false);
    const bool other_byte = written.marker_used && written.field.type == Type::byte &&
                            !written.missing_elements && unused != written.used.rend();
    if (written.marker_used && !other_byte)
      throw input_error("FITS cannot distinguish a missing value from a number here",
                        path_ + ", " + place,
                        "an unused number to mark missing values; VOTable needs none",
                        fmt::format("{} is in use", written.marker));
    if (other_byte) written.marker = written.used.rend() - unused - 1;
    int status = 0;
    LONGLONG marker = written.marker;
    fits_update_key(fits_, TLONGLONG, fmt::format("TNULL{}", column).c_str(), &marker, nullptr,
                    &status);
    if (other_byte) {
      std::vector<uint8_t> cell(static_cast<size_t>(written.cell), static_cast<uint8_t>(marker));
      for (const LONGLONG row : written.missing)
        fits_write_col(fits_, TBYTE, column, row, 1, written.cell, cell.data(), &status);
    }
    check(status, place);
  }

  std::string path_;
  std::unique_ptr<OutputFile> copy_;
  std::optional<PendingPath> pending_;
  fitsfile* fits_ = nullptr;
  LONGLONG rows_ = 0;
  std::vector<Written> written_;
};

}  // namespace

std::unique_ptr<TableWriter> create_fits(const std::string& path, const Table& header,
                                         const WriteOptions& options) {
  return std::make_unique<FitsWriter>(path, header, options.overwrite);
}

}  // namespace uhuru
