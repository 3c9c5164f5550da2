#include "uhuru/io/votable_values.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "uhuru/base/text.hpp"
#include "uhuru/io/utf8.hpp"

namespace uhuru::io {

std::optional<long long> parse_cell_int(std::string_view text) {
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    long long value = 0;
    const auto result = std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
    return value;
  }
  return parse_int(text);
}

namespace {

/// Parses a number of the type; false if the text is not a number, or is out of range.
template <class T>
bool parse_value(std::string_view text, T& value) {
  if constexpr (std::is_same_v<T, double>) {
    const auto number = parse_double(text);
    if (number) value = *number;
    return number.has_value();
  } else if constexpr (std::is_same_v<T, float>) {
    // Rounded once from the decimal digits, not twice through a double.
    const auto number = parse_float(text);
    if (number) value = *number;
    return number.has_value();
  } else {
    const auto number = parse_cell_int(text);
    if (!number || *number < std::numeric_limits<T>::min() ||
        *number > std::numeric_limits<T>::max())
      return false;
    value = static_cast<T>(*number);
    return true;
  }
}

/// 1, 0, or -1 for unknown; empty if the text is not a boolean.
std::optional<int> parse_boolean(std::string_view text) {
  if (text.empty() || text == "?") return -1;
  const std::string word = lower(text);
  if (word == "t" || word == "true" || word == "1") return 1;
  if (word == "f" || word == "false" || word == "0") return 0;
  return std::nullopt;
}

template <class Visit>
void for_each_word(std::string_view text, Visit&& visit) {
  for (text = trim(text); !text.empty(); text = trim(text)) {
    const size_t end = std::min(text.find_first_of(" \t\r\n,"), text.size());
    visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

bool append_missing(Column& column, bool good) {
  column.append_missing();
  return good;
}

bool append_strings(std::string_view text, const WireField& wire, Column& column) {
  const std::string plain = column.field.unicode ? std::string(text) : ascii_of(text);
  const size_t units = column.field.unicode ? utf16be_from_utf8(plain).size() / 2 : plain.size();
  if (wire.count && units > wire.count) return append_missing(column, false);
  column.append_text(plain);
  return true;
}

/// Appends an array, or a missing cell if it has the wrong number of values or all are missing.
template <class T, class IsMissing>
bool append_array(const std::vector<T>& values, bool good, IsMissing&& is_missing, Column& column) {
  const size_t expected = column.field.cell_size();
  if (expected && values.size() != expected) return append_missing(column, false);
  if (std::all_of(values.begin(), values.end(), is_missing)) return append_missing(column, good);
  column.append(std::span<const T>(values));
  return good;
}

bool append_booleans(std::string_view text, const WireField& wire, Column& column) {
  std::vector<uint8_t> values;
  bool good = true;
  const auto add = [&](std::string_view word) {
    const auto boolean = parse_boolean(word);
    good = good && boolean;
    values.push_back(boolean.value_or(-1) < 0 ? unknown_boolean : static_cast<uint8_t>(*boolean));
  };
  const bool packed = wire.wire == Wire::bit && text.find(' ') == std::string_view::npos;
  if (column.field.is_scalar()) {
    add(text);
  } else if (packed) {
    for (const char& c : text) add({&c, 1});
  } else {
    for_each_word(text, add);
  }
  return append_array(
      values, good, [](uint8_t v) { return v == unknown_boolean; }, column);
}

template <class T>
bool append_numbers(std::string_view text, const WireField& wire, Column& column) {
  T number{};
  if (column.field.is_scalar()) {
    if (!parse_value(text, number)) return append_missing(column, false);
    if (wire.null.is(number)) return append_missing(column, true);
    column.append(number);
    return true;
  }
  std::vector<T> values;
  bool good = true;
  for_each_word(text, [&](std::string_view word) {
    const bool is_number = parse_value(word, number);
    good = good && is_number;
    if constexpr (std::is_floating_point_v<T>)
      values.push_back(is_number && !wire.null.is(number) ? number
                                                          : std::numeric_limits<T>::quiet_NaN());
    else
      values.push_back(is_number ? number : missing_element<T>(column.field));
  });
  if (!good && !is_float(column.field.type) && !column.field.null_marker)
    return append_missing(column, false);
  const auto is_missing = [&](T v) {
    return std::is_floating_point_v<T> ? wire.null.real && std::isnan(static_cast<double>(v))
                                       : wire.null.is(v);
  };
  return append_array(values, good, is_missing, column);
}

}  // namespace

bool append_cell(std::string_view text, const WireField& wire, Column& column) {
  if (column.field.type == Type::text) {
    if (column.field.is_text_array() && !text.empty()) return append_strings(text, wire, column);
    column.append_text(text);
    return true;
  }
  text = trim(text);
  if (text.empty()) return append_missing(column, true);
  if (column.field.type == Type::boolean) return append_booleans(text, wire, column);
  return column.visit([&](const auto& values) {
    return append_numbers<typename std::decay_t<decltype(values)>::value_type>(text, wire, column);
  });
}

}  // namespace uhuru::io
