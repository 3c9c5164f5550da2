#include "uhuru/io/fits_cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "uhuru/base/text.hpp"
#include "uhuru/io/big_endian.hpp"
#include "uhuru/io/utf8.hpp"

namespace uhuru::io {
namespace {

/// The cells to decode: see decode_cells().
struct FitsCells {
  const FitsColumn& format;
  const char* bytes;
  size_t stride, rows, count;

  const char* row(size_t r) const { return bytes + r * stride; }
};

std::string_view without_padding(std::string_view text) {
  text = text.substr(0, text.find('\0'));
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

void decode_text(const FitsCells& cells, Column& column) {
  std::string scratch;
  for (size_t row = 0; row < cells.rows; ++row)
    column.append_text(to_utf8(without_padding({cells.row(row), cells.count}), scratch));
}

/// An array of strings is one text, in which each string has the same number of characters.
void decode_strings(const FitsCells& cells, Column& column) {
  const size_t width = cells.format.string;
  for (size_t row = 0; row < cells.rows; ++row) {
    std::string text;
    bool empty = true;
    for (size_t at = 0; at + width <= cells.count; at += width) {
      std::string one = ascii_of(without_padding({cells.row(row) + at, width}));
      empty = empty && one.empty();
      one.resize(width, ' ');
      text += one;
    }
    column.append_text(empty ? "" : text);
  }
}

/// Whole numbers of an ASCII table as they stand there.
void decode_digits(const FitsCells& cells, Column& column) {
  for (size_t row = 0; row < cells.rows; ++row) {
    const auto text = trim(std::string_view(cells.row(row), cells.count));
    column.append_text(cells.format.null_text && text == *cells.format.null_text ? "" : text);
  }
}

/// Appends cells of `count` values, some of them missing: a cell is missing if all are.
template <class T>
void append_flagged(std::vector<T>& values, const std::vector<uint8_t>& missing, size_t rows,
                    size_t count, Column& column) {
  for (size_t row = 0; row < rows; ++row) {
    const std::span<T> cell(values.data() + row * count, count);
    const uint8_t* flags = missing.data() + row * count;
    if (std::all_of(flags, flags + count, [](uint8_t flag) { return flag != 0; })) {
      column.append_missing();
      continue;
    }
    for (size_t k = 0; k < count; ++k) {
      if (!flags[k]) continue;
      if constexpr (std::is_floating_point_v<T>)
        cell[k] = std::numeric_limits<T>::quiet_NaN();
      else
        cell[k] = missing_element<T>(column.field);
    }
    column.append(std::span<const T>(cell));
  }
}

void decode_logicals(const FitsCells& cells, uint64_t first_row, Column& column,
                     FitsOddCells& odd) {
  std::vector<uint8_t> values(cells.rows * cells.count), missing(values.size());
  size_t at = 0;
  for (size_t row = 0; row < cells.rows; ++row)
    for (size_t k = 0; k < cells.count; ++k, ++at) {
      const char c = cells.row(row)[k];
      values[at] = c == 'T' || c == 1;
      missing[at] = c != 'F' && !values[at];
      if (!missing[at] || c == '\0' || c == ' ') continue;
      if (odd.count++ == 0) odd = {1, first_row + row, std::string(1, c)};
    }
  append_flagged(values, missing, cells.rows, cells.count, column);
}

void decode_bits(const FitsCells& cells, Column& column) {
  std::vector<uint8_t> cell(cells.count);
  for (size_t row = 0; row < cells.rows; ++row) {
    const char* const bytes = cells.row(row);
    for (size_t k = 0; k < cells.count; ++k)
      cell[k] = (static_cast<unsigned char>(bytes[k / 8]) >> (7 - k % 8)) & 1;
    column.append(std::span<const uint8_t>(cell));
  }
}

/// Numbers that are stored in the column's type: copied.
template <class T>
void copy_numbers(const FitsCells& cells, Column& column) {
  const size_t before = column.size();
  if (column.field.cell_size() == cells.count) {
    column.append_cells<T>(cells.rows, [&](std::span<T> values) {
      decode_big_endian(cells.bytes, cells.stride, cells.rows, cells.count, values.data());
    });
  } else {
    std::vector<T> cell(cells.count);
    for (size_t row = 0; row < cells.rows; ++row) {
      decode_big_endian(cells.row(row), 0, 1, cells.count, cell.data());
      column.append(std::span<const T>(cell));
    }
  }
  if constexpr (!std::is_floating_point_v<T>) {
    if (!cells.format.null) return;
    const auto& values = column.values<T>();
    for (size_t row = before; row < column.size(); ++row)
      if (static_cast<int64_t>(values[row]) == *cells.format.null) column.mark_missing(row);
  }
}

/// Numbers stored as R, of which those equal to the null value are missing, are converted to the
/// column's type by `convert`.
template <class T, class R, class Convert>
void convert_numbers(const FitsCells& cells, Column& column, Convert&& convert) {
  std::vector<R> stored(cells.rows * cells.count);
  decode_big_endian(cells.bytes, cells.stride, cells.rows, cells.count, stored.data());
  std::vector<T> values(stored.size());
  std::vector<uint8_t> missing(stored.size());
  for (size_t i = 0; i < stored.size(); ++i) {
    if constexpr (!std::is_floating_point_v<R>)
      missing[i] = cells.format.null && static_cast<int64_t>(stored[i]) == *cells.format.null;
    values[i] = convert(stored[i]);
  }
  append_flagged(values, missing, cells.rows, cells.count, column);
}

/// The digits of numbers without sign, whose top bit is stored inverted.
void decode_unsigned_text(const FitsCells& cells, Column& column) {
  for (size_t row = 0; row < cells.rows; ++row) {
    std::string text;
    for (size_t k = 0; k < cells.count; ++k) {
      const auto stored = from_big_endian<int64_t>(cells.row(row) + k * sizeof(int64_t));
      const auto number = static_cast<uint64_t>(stored) ^ (uint64_t{1} << 63);
      const bool missing = cells.format.null && stored == *cells.format.null;
      const std::string digits = missing ? "" : std::to_string(number);
      text += column.field.is_text_array() ? fmt::format("{:<20}", digits) : digits;
    }
    column.append_text(trim(text).empty() ? "" : text);
  }
}

template <class R>
void decode_whole(const FitsCells& cells, Column& column) {
  const FitsColumn& format = cells.format;
  if (format.scaling == FitsScaling::none &&
      (!format.null || (column.field.is_scalar() && can_hold(column.field.type, *format.null))))
    return copy_numbers<R>(cells, column);
  if (column.field.type == Type::text) return decode_unsigned_text(cells, column);
  column.visit([&](const auto& all) {
    using T = typename std::decay_t<decltype(all)>::value_type;
    convert_numbers<T, R>(cells, column, [&](R stored) {
      switch (format.scaling) {
        case FitsScaling::none:
          return static_cast<T>(stored);
        case FitsScaling::whole:
          return static_cast<T>(static_cast<int64_t>(stored) * static_cast<int64_t>(format.scale) +
                                static_cast<int64_t>(format.zero));
        case FitsScaling::unsigned_long:
          return static_cast<T>(static_cast<uint64_t>(stored) ^ (uint64_t{1} << 63));
        default:
          return static_cast<T>(static_cast<double>(stored) * format.scale + format.zero);
      }
    });
  });
}

template <class R>
void decode_real(FitsCells cells, Column& column) {
  const FitsColumn& format = cells.format;
  if (format.is_complex()) cells.count *= 2;  // both parts are scaled, as CFITSIO and STIL do
  if (format.scaling == FitsScaling::none) return copy_numbers<R>(cells, column);
  convert_numbers<double, R>(cells, column, [&](R stored) {
    return static_cast<double>(stored) * format.scale + format.zero;
  });
}

/// A number of an ASCII table: Fortran's exponent, and perhaps an implied decimal point.
std::optional<double> parse_ascii_real(std::string text, int decimals) {
  text = with_exponent_e(std::move(text));
  const size_t exponent = text.find_first_of("Ee");
  const bool implied = text.find('.') == std::string::npos && decimals > 0;
  if (exponent == std::string::npos) {  // 1.5+3 is 1.5E+3
    const size_t sign = text.find_first_of("+-", 1);
    if (sign != std::string::npos) text.insert(sign, 1, 'E');
  }
  auto number = parse_double(text);
  if (number && implied) *number /= std::pow(10.0, decimals);
  return number;
}

void decode_ascii(const FitsCells& cells, uint64_t first_row, Column& column, FitsOddCells& odd) {
  const FitsColumn& format = cells.format;
  const bool scaled = format.scaling != FitsScaling::none;
  for (size_t row = 0; row < cells.rows; ++row) {
    const auto text = trim(without_padding({cells.row(row), format.width}));
    bool is_odd = false;
    if (text.empty() || (format.null_text && text == *format.null_text)) {
      column.append_missing();
    } else if (format.code == 'I' && format.scaling != FitsScaling::real) {
      const auto number = parse_int(text);
      const int64_t value = number.value_or(0) * (scaled ? static_cast<int64_t>(format.scale) : 1) +
                            (scaled ? static_cast<int64_t>(format.zero) : 0);
      is_odd = !number || !can_hold(column.field.type, value);
      if (!is_odd)
        column.visit([&](const auto& all) {
          using T = typename std::decay_t<decltype(all)>::value_type;
          column.append(static_cast<T>(value));
        });
    } else {
      const auto number = parse_ascii_real(std::string(text), format.decimals);
      is_odd = !number;
      if (number) column.append(*number * format.scale + format.zero);
    }
    if (!is_odd) continue;
    column.append_missing();
    if (odd.count++ == 0) odd = {1, first_row + row, std::string(text)};
  }
}

}  // namespace

void decode_cells(const FitsColumn& format, const char* bytes, size_t stride, size_t rows,
                  size_t count, uint64_t first_row, Column& column, FitsOddCells& odd) {
  const FitsCells cells{format, bytes, stride, rows, count};
  if (count == 0) {
    for (size_t row = 0; row < rows; ++row) column.append_missing();
    return;
  }
  if (format.ascii && column.field.type != Type::text)
    return decode_ascii(cells, first_row, column, odd);
  switch (format.code) {
    case 'L':
      return decode_logicals(cells, first_row, column, odd);
    case 'X':
      return decode_bits(cells, column);
    case 'B':
      return decode_whole<uint8_t>(cells, column);
    case 'I':
      if (!format.ascii) return decode_whole<int16_t>(cells, column);
      // Digits beyond 63 bits are text.
      return decode_digits({format, bytes, stride, rows, format.width}, column);
    case 'J':
      return decode_whole<int32_t>(cells, column);
    case 'K':
      return decode_whole<int64_t>(cells, column);
    case 'E':
    case 'C':
      return decode_real<float>(cells, column);
    case 'D':
    case 'M':
      return decode_real<double>(cells, column);
    default:
      return format.string > 0 ? decode_strings(cells, column) : decode_text(cells, column);
  }
}

bool exceeds_long(const FitsColumn& format, const char* bytes, size_t stride, size_t rows) {
  for (size_t row = 0; row < rows; ++row) {
    const char* const cell = bytes + row * stride;
    if (format.ascii) {
      const auto text = trim(std::string_view(cell, format.width));
      const size_t digits = text.find_first_not_of("+-");
      if (digits <= 1 && !parse_int(text) &&
          text.find_first_not_of("0123456789", digits) == std::string_view::npos)
        return true;
      continue;
    }
    for (size_t k = 0; k < format.repeat; ++k) {
      const auto stored = from_big_endian<int64_t>(cell + k * sizeof(int64_t));
      if (stored >= 0 && !(format.null && stored == *format.null)) return true;
    }
  }
  return false;
}

}  // namespace uhuru::io
