// The values of TABLEDATA cells, from text.
#pragma once

#include <charconv>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>

#include "uhuru/base/text.hpp"

namespace uhuru {

/// Reads one whole number as TABLEDATA writes it, decimal or 0x….
inline std::optional<long long> parse_cell_int(std::string_view text) {
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    long long value = 0;
    const auto result = std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
    return value;
  }
  return parse_int(text);
}

/// Reads one number of the type; false where the text is none, or one that the type cannot hold.
template <class T>
bool parse_value(std::string_view text, T& value) {
  if constexpr (std::is_same_v<T, double>) {
    const auto number = parse_double(text);
    if (number) value = *number;
    return number.has_value();
  } else if constexpr (std::is_same_v<T, float>) {
    // Rounded once from the decimal digits, not twice by way of a double.
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

/// 1, 0, or -1 for unknown; empty where the text is no boolean.
inline std::optional<int> parse_boolean(std::string_view text) {
  if (text.empty() || text == "?") return -1;
  const std::string word = lower(text);
  if (word == "t" || word == "true" || word == "1") return 1;
  if (word == "f" || word == "false" || word == "0") return 0;
  return std::nullopt;
}

}  // namespace uhuru
