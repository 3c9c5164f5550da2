#include "uhuru/figure/labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "uhuru/io/utf8.hpp"

namespace uhuru::figure {
namespace {

/// The width of a character relative to the font size; `lead`: its first byte.
double character_width(char lead) {
  const auto contains = [&](std::string_view set) { return set.find(lead) != set.npos; };
  const auto byte = static_cast<unsigned char>(lead);
  if (byte >= 0xe3) return 1.05;  // from U+3000 on: Chinese, Japanese, Korean, pictographs
  if (byte >= 0x80) return 0.7;
  if (contains("ijlI.,:;'|! ")) return 0.33;
  if (contains("frt()[]/-\"")) return 0.42;
  if (contains("mwMW%@")) return 0.97;
  if (lead >= 'A' && lead <= 'Z') return 0.72;
  return 0.64;
}

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

constexpr std::string_view minus = "\u2212";

}  // namespace

double text_width(std::string_view text, double size) {
  double width = 0;
  for (const char c : text)
    if (!continues_character(c)) width += character_width(c);
  return width * size;
}

std::string fitted(std::string_view text, double size, double width) {
  std::string result = io::to_utf8(text);
  for (char& c : result)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
  if (text_width(result, size) <= width) return result;
  double taken = text_width("…", size);
  size_t end = 0;
  for (; end < result.size(); ++end) {
    if (continues_character(result[end])) continue;
    taken += character_width(result[end]) * size;
    if (taken > width) break;
  }
  result.resize(end);
  return result + "…";
}

std::string decimal_text(double value, int decimals) {
  std::string digits = fmt::format("{:.{}f}", std::abs(value), decimals);
  const bool zero = digits.find_first_not_of("0.") == std::string::npos;
  for (auto at = static_cast<long>(std::min(digits.find('.'), digits.size())) - 3; at > 0; at -= 3)
    digits.insert(static_cast<size_t>(at), ",");
  return value < 0 && !zero ? std::string(minus) + digits : digits;
}

std::string power_of_ten(int exponent) {
  constexpr const char* superscripts[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = exponent < 0 ? "10⁻" : "10";
  for (const char digit : std::to_string(std::abs(exponent))) text += superscripts[digit - '0'];
  return text;
}

std::string short_number(double value) {
  if (!std::isfinite(value)) return "–";
  const double size = std::abs(value);
  if (size == std::floor(size) && size < 1e6) return decimal_text(value, 0);
  const std::string digits = fmt::format("{:.2e}", size);  // d.dde±xx, rounded to three digits
  const int exponent = std::atoi(digits.c_str() + digits.find('e') + 1);
  if (exponent >= 6 || exponent < -3) {
    std::string mantissa = digits.substr(0, digits.find('e'));
    mantissa.erase(mantissa.find_last_not_of('0') + 1);
    if (mantissa.back() == '.') mantissa.pop_back();
    const std::string power = power_of_ten(exponent);
    return (value < 0 ? std::string(minus) : "") +
           (mantissa == "1" ? power : mantissa + "×" + power);
  }
  std::string text = decimal_text(value, std::max(0, 2 - exponent));
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string percent_text(double part) {
  if (part > 0 && part < 0.01) return "<1%";
  if (part > 0.99 && part < 1) return ">99%";
  return fmt::format("{:.0f}%", 100 * part);
}

}  // namespace uhuru::figure
