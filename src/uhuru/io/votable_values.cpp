#include "uhuru/io/votable_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>
#include <type_traits>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/utf8.hpp"

namespace uhuru {

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

[[noreturn]] void bad_cell(const Column& column, std::string_view text) {
  throw input_error("unreadable value", "", fmt::format("a {}", type_name(column.field.type)),
                    in_quotes(text));
}

[[noreturn]] void wrong_count(size_t expected, size_t found) {
  throw input_error("wrong number of values in an array", "", fmt::format("{} values", expected),
                    fmt::format("{}", found));
}

template <class Visit>
bool for_each_word(std::string_view text, Visit&& visit) {
  for (text = trim(text); !text.empty(); text = trim(text)) {
    const size_t end = std::min(text.find_first_of(" \t\r\n,"), text.size());
    if (!visit(text.substr(0, end))) return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

void append_strings(std::string_view text, const WireField& wire, Column& column) {
  std::string padded = column.field.unicode ? std::string(text) : ascii_of(text);
  const size_t units = column.field.unicode ? utf16be_from_utf8(padded).size() / 2 : padded.size();
  if (wire.count && units > wire.count) wrong_count(wire.count, units);
  padded.append(wire.count - std::min(wire.count, units), ' ');
  column.append_text(padded);
}

void append_booleans(std::string_view text, const WireField& wire, Column& column) {
  std::vector<uint8_t> values;
  const auto add = [&](std::string_view word) {
    const auto boolean = parse_boolean(word);
    if (!boolean) bad_cell(column, text);
    if (*boolean < 0 && column.field.is_scalar()) return false;
    values.push_back(*boolean < 0 ? unknown_boolean : static_cast<uint8_t>(*boolean));
    return true;
  };
  const bool packed = wire.wire == Wire::bit && text.find(' ') == std::string_view::npos;
  if (packed) {
    for (const char& c : text) add({&c, 1});
  } else if (!for_each_word(text, add)) {
    return column.append_missing();
  }
  if (wire.count && values.size() != wire.count) wrong_count(wire.count, values.size());
  if (std::all_of(values.begin(), values.end(), [](uint8_t v) { return v == unknown_boolean; }))
    return column.append_missing();
  column.append(std::span<const uint8_t>(values));
}

template <class T>
void append_numbers(std::string_view text, const WireField& wire, Column& column) {
  T number{};
  if (column.field.is_scalar()) {
    if (!parse_value(text, number)) bad_cell(column, text);
    if (wire.null.is(number)) return column.append_missing();
    return column.append(number);
  }
  std::vector<T> values;
  for_each_word(text, [&](std::string_view word) {
    if (!parse_value(word, number)) bad_cell(column, word);
    values.push_back(number);
    return true;
  });
  const size_t expected = column.field.cell_size();
  if (expected && values.size() != expected) wrong_count(expected, values.size());
  if (std::all_of(values.begin(), values.end(), [&](T v) { return wire.null.is(v); }))
    return column.append_missing();
  column.append(std::span<const T>(values));
}

}  // namespace

void append_cell(std::string_view text, const WireField& wire, Column& column) {
  if (column.field.type == Type::text) {
    if (column.field.is_text_array() && !text.empty()) return append_strings(text, wire, column);
    return column.append_text(text);
  }
  text = trim(text);
  if (text.empty()) return column.append_missing();
  if (column.field.type == Type::boolean) return append_booleans(text, wire, column);
  column.visit([&](const auto& values) {
    append_numbers<typename std::decay_t<decltype(values)>::value_type>(text, wire, column);
  });
}

}  // namespace uhuru
