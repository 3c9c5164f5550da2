#include "uhuru/io/text_values.hpp"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "uhuru/base/text.hpp"
#include "uhuru/io/text_records.hpp"
#include "uhuru/io/utf8.hpp"

namespace uhuru::io {

CellMark mark_of(std::string_view cell) {
  constexpr size_t longest = 5;
  if (cell.empty()) return CellMark::usual;
  if (cell.size() > longest) return CellMark::none;
  if (cell.find_first_not_of('-') == std::string_view::npos)
    return cell.size() <= 3 ? CellMark::other : CellMark::none;
  const auto begins_number = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  if (begins_number(cell[0]) || (cell.size() > 1 && begins_number(cell[1]))) return CellMark::none;
  const std::string word = lower(cell);
  if (word == "nan" || word == "null") return CellMark::usual;
  constexpr std::string_view others[] = {"n/a", "na", "none", "-nan", "+nan", "<na>", "#n/a"};
  const bool other = std::find(std::begin(others), std::end(others), word) != std::end(others);
  return other ? CellMark::other : CellMark::none;
}

namespace {

/// A number with the exponent of Fortran as others write it; empty if `cell` is none. The mantissa
/// must have a point or the exponent a sign: "12D3" may be a name.
std::string without_fortran(std::string_view cell) {
  constexpr size_t longest = 400;
  const size_t d = cell.find_first_of("dD");
  if (d == 0 || d == std::string_view::npos || d + 1 >= cell.size() || cell.size() > longest)
    return {};
  const bool sign = cell[d + 1] == '+' || cell[d + 1] == '-';
  if (!sign && cell.substr(0, d).find('.') == std::string_view::npos) return {};
  if (cell.substr(0, d).find_first_not_of("+-.0123456789") != std::string_view::npos) return {};
  std::string number(cell);
  number[d] = 'e';
  return number;
}

std::optional<float> parse_single(std::string_view cell) {
  if (const auto value = parse_float(cell)) return value;
  return parse_float(without_fortran(trim(cell)));
}

bool is_boolean(std::string_view cell) {
  if (cell.size() != 4 && cell.size() != 5) return false;
  const std::string word = lower(cell);
  return word == "true" || word == "false";
}

/// Whether all eight characters are digits.
bool eight_digits(const char* at) {
  uint64_t c = 0;
  std::memcpy(&c, at, 8);
  return (((c + 0x4646464646464646u) | (c - 0x3030303030303030u)) & 0x8080808080808080u) == 0;
}

/// The end of the plain decimal number at `at`; nullptr if there is none, or if it takes a closer
/// look: because of its range, its precision or a leading zero. `whole`: it has digits only.
const char* end_of_number(const char* at, const char* end, bool& whole) {
  constexpr long most_digits = 15;
  const auto digits = [&] {
    const char* const begin = at;
    while (end - at >= 8 && eight_digits(at)) at += 8;
    while (at < end && *at >= '0' && *at <= '9') ++at;
    return at - begin;
  };
  if (at < end && (*at == '-' || *at == '+')) ++at;
  const bool zero = at < end && *at == '0';
  long count = digits();
  whole = true;
  if (count > most_digits || (zero && count > 1)) return nullptr;
  if (at < end && *at == '.') {
    whole = false;
    ++at;
    count += digits();
  }
  if (count == 0) return nullptr;
  if (at < end && (*at == 'e' || *at == 'E')) {
    whole = false;
    ++at;
    if (at < end && (*at == '-' || *at == '+')) ++at;
    const long exponent = digits();
    if (exponent == 0 || exponent > 2) return nullptr;
  }
  return at;
}

/// Whether a number of digits only would be rounded as a double.
bool is_inexact(std::string_view digits) {
  constexpr double limit = 9223372036854775808.0;  // 2^63
  const auto value = parse_int(digits);
  if (!value) return true;
  const auto rounded = static_cast<double>(*value);
  return rounded >= limit || static_cast<long long>(rounded) != *value;
}

}  // namespace

std::optional<double> parse_real(std::string_view cell) {
  if (const auto value = parse_double(cell)) return value;
  return parse_double(without_fortran(trim(cell)));
}

ColumnGuess::ColumnGuess(const TextColumn& column) {
  const bool numbers = column.cells == TextColumn::Cells::plain && column.field.type != Type::text;
  if (column.declared && !numbers) boolean_ = integer_ = real_ = whole_ = false;
}

const char* ColumnGuess::look(const char* at, const char* end, char delimiter) {
  if (real_) {
    bool whole = false;
    const char* const stop = end_of_number(at, end, whole);
    if (stop && (stop == end || *stop == delimiter)) {
      any_ = true;
      boolean_ = false;
      integer_ = integer_ && whole;
      whole_ = whole_ && whole;
      return stop;
    }
  }
  const char* const stop = cell_end(at, end, delimiter);
  if (stop != at) look({at, static_cast<size_t>(stop - at)});
  return stop;
}

void ColumnGuess::look(std::string_view cell) {
  if (!boolean_ && !whole_ && !real_) return look_for_unicode(cell);
  cell = trim(cell);
  const CellMark mark = mark_of(cell);
  marked_ = marked_ || (mark == CellMark::usual && !cell.empty());
  if (mark != CellMark::none) return;
  any_ = true;
  boolean_ = boolean_ && is_boolean(cell);
  if (whole_ || real_) {
    const size_t first = cell[0] == '-' || cell[0] == '+' ? 1 : 0;
    const bool whole = first < cell.size() &&
                       cell.find_first_not_of("0123456789", first) == std::string_view::npos;
    whole_ = whole_ && whole;
    integer_ = integer_ && whole && parse_int(cell).has_value();
    real_ = real_ && ((whole && cell.size() < 300) || parse_real(cell).has_value());
    inexact_ = inexact_ || (whole && is_inexact(cell));
    leading_zero_ = leading_zero_ || (whole && first == 0 && cell.size() > 1 && cell[0] == '0');
  }
  if (!boolean_ && !whole_ && !real_) look_for_unicode(cell);
}

void ColumnGuess::look_for_unicode(std::string_view cell) {
  if (unicode_) return;
  bool ascii = true;
  is_utf8(cell, &ascii);
  unicode_ = !ascii;
}

void ColumnGuess::add(const ColumnGuess& other) {
  any_ = any_ || other.any_;
  marked_ = marked_ || other.marked_;
  boolean_ = boolean_ && other.boolean_;
  integer_ = integer_ && other.integer_;
  real_ = real_ && other.real_;
  whole_ = whole_ && other.whole_;
  inexact_ = inexact_ || other.inexact_;
  leading_zero_ = leading_zero_ || other.leading_zero_;
  unicode_ = unicode_ || other.unicode_;
}

Type ColumnGuess::type() const {
  // A column of "n/a" alone may be one of words.
  if (!any_) return marked_ ? Type::float64 : Type::text;
  if (boolean_) return Type::boolean;
  if (leading_zero_) return Type::text;
  if (integer_) return Type::int64;
  return real_ && !inexact_ ? Type::float64 : Type::text;
}

bool ColumnGuess::is(Type type) const {
  if (type == Type::text || !any_) return true;
  if (type == Type::boolean) return boolean_ || integer_;
  return is_float(type) ? real_ : integer_;
}

namespace {

/// The number in `text`; false if it is none of the type. `null` is a missing element of an array.
template <class T>
bool parse_element(std::string_view text, const Field& field, T& value) {
  const auto take = [&](const auto& parsed) {
    if (parsed) value = static_cast<T>(*parsed);
    return parsed.has_value();
  };
  if constexpr (std::is_floating_point_v<T>) {
    value = std::numeric_limits<T>::quiet_NaN();
    if (text == "null") return true;
    if constexpr (std::is_same_v<T, float>) return take(parse_single(text));
    return take(parse_real(text));
  } else if (text == "null") {
    value = missing_element<T>(field);
    return field.type == Type::boolean || field.null_marker;
  } else if (field.type == Type::boolean) {
    const bool is_true = text == "1" || lower(text) == "true";
    value = static_cast<T>(is_true);
    return is_true || text == "0" || is_boolean(text);
  } else {
    const auto parsed = parse_int(text);
    return take(parsed) && can_hold(field.type, *parsed) && field.null_marker != *parsed;
  }
}

/// The parts of "(1+2j)"; false if `cell` is no complex number.
bool split_complex(std::string_view cell, std::string_view& real, std::string_view& imaginary) {
  if (cell.starts_with('(') && cell.ends_with(')')) cell = cell.substr(1, cell.size() - 2);
  real = cell;
  imaginary = "0";
  if (cell.empty()) return false;
  if (cell.back() != 'j' && cell.back() != 'J') return true;
  cell.remove_suffix(1);
  size_t sign = cell.find_last_of("+-");
  while (sign != std::string_view::npos && sign > 0 &&
         (cell[sign - 1] == 'e' || cell[sign - 1] == 'E'))
    sign = cell.find_last_of("+-", sign - 1);
  const bool both = sign != std::string_view::npos && sign > 0;
  real = both ? cell.substr(0, sign) : "0";
  imaginary = both ? cell.substr(sign) : cell;
  return true;
}

/// Appends the elements of a nested list in JSON, and removes it from `text`; false if it is
/// malformed or of another shape.
template <class T>
bool append_list(std::string_view& text, std::span<const size_t> sizes, const Field& field,
                 std::vector<T>& values) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto skip = [&] {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  };
  skip();
  if (!text.starts_with('[')) return false;
  text.remove_prefix(1);
  size_t count = 0;
  for (skip(); !text.starts_with(']'); skip()) {
    if (count > 0) {
      if (!text.starts_with(',')) return false;
      text.remove_prefix(1);
    }
    if (sizes.size() > 1) {
      if (!append_list(text, sizes.subspan(1), field, values)) return false;
    } else {
      const size_t end = text.find_first_of(",]");
      if (end == std::string_view::npos) return false;
      if (!parse_element(trim(text.substr(0, end)), field, values.emplace_back())) return false;
      text.remove_prefix(end);
    }
    if (++count > sizes[0] && sizes[0] > 0) return false;
  }
  text.remove_prefix(1);
  return sizes[0] == 0 || count == sizes[0];
}

template <class T>
bool store_array(Column& column, TextColumn::Cells cells, std::string_view cell) {
  std::vector<T> values;
  if (cells == TextColumn::Cells::complex) {
    std::string_view real;
    std::string_view imaginary;
    values.resize(2);
    if (!split_complex(cell, real, imaginary) || !parse_element(real, column.field, values[0]) ||
        !parse_element(imaginary, column.field, values[1]))
      return false;
  } else {
    auto sizes = dimensions(column.field.arraysize);
    std::reverse(sizes.begin(), sizes.end());  // the slowest first
    if (!append_list(cell, sizes, column.field, values) || !trim(cell).empty()) return false;
  }
  if constexpr (!std::is_floating_point_v<T>) {
    // As in VOTable, an array is missing if all of it is.
    const T missing = missing_element<T>(column.field);
    const bool can_miss = column.field.type == Type::boolean || column.field.null_marker;
    if (can_miss &&
        std::all_of(values.begin(), values.end(), [&](T value) { return value == missing; })) {
      column.append_missing();
      return true;
    }
  }
  column.append(std::span<const T>(values));
  return true;
}

template <class T>
bool store_scalar(Column& column, std::string_view cell) {
  T value{};
  if (!parse_element(cell, column.field, value)) return false;
  column.append(value);
  return true;
}

}  // namespace

Stored store_text_cell(Column& column, TextColumn::Cells cells, bool marks_are_missing,
                       std::string_view cell) {
  const bool is_text = column.field.type == Type::text;
  const std::string_view trimmed = trim(cell);
  const CellMark mark = is_text && !marks_are_missing ? CellMark::none : mark_of(trimmed);
  if (mark != CellMark::none) {
    column.append_missing();
    return mark == CellMark::other ? Stored::as_missing : Stored::yes;
  }
  if (is_text) {
    std::string scratch;
    column.append_text(to_utf8(cell, scratch));
    return Stored::yes;
  }
  if (column.field.type == Type::int64 && cells == TextColumn::Cells::plain) {
    const auto value = parse_int(trimmed);
    if (!value) return Stored::no;
    column.append(int64_t{*value});
    return Stored::yes;
  }
  const bool stored = column.visit([&](const auto& values) {
    using T = typename std::decay_t<decltype(values)>::value_type;
    return cells == TextColumn::Cells::plain ? store_scalar<T>(column, trimmed)
                                             : store_array<T>(column, cells, trimmed);
  });
  return stored ? Stored::yes : Stored::no;
}

}  // namespace uhuru::io
