#include "uhuru/sky/position_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "uhuru/base/text.hpp"

namespace uhuru::sky {
namespace {

constexpr size_t longest = 200;  // maximum bytes of a text that may be a position
constexpr std::string_view digits = "0123456789";
constexpr std::string_view units = "hdms'\":";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_sign(char c) { return c == '+' || c == '-'; }

/// The text in lower case, with a single ASCII spelling for each kind of minus, blank and unit.
/// Unknown characters are left unchanged, and no parser accepts them.
std::string in_ascii(std::string_view text) {
  using Spellings = std::pair<std::string_view, std::vector<std::string_view>>;
  static const std::vector<Spellings> all = {
      {"-", {"\u2212", "\u2010", "\u2011", "\u2013"}},  // minus, hyphens, dash
      {" ", {"\u00a0", "\u2009"}},                      // no-break, thin
      {"d", {"\u00b0", "\u00ba", "deg"}},
      {"h", {"\u02b0"}},  // superscript, like the next two
      {"m", {"\u1d50"}},
      {"s", {"\u02e2"}},
      {"\"", {"\u2033", "\u201d", "''"}},  // primes, and quotes used for them
      {"'", {"\u2032", "\u2019"}}};
  std::string result = lower(text);
  for (const auto& [ascii, spellings] : all)
    for (const std::string_view spelling : spellings)
      for (size_t at = 0; (at = result.find(spelling, at)) != std::string::npos;)
        result.replace(at, spelling.size(), ascii);
  return result;
}

/// A number in a coordinate.
struct Part {
  double value = 0;  // without sign
  char sign = 0;     // '+', '-'; 0: none
  bool whole = true;
  bool after_comma = false;
  char unit = 0;  // one of `units`; 0: none
};

/// Removes an unsigned number from the beginning of `text`.
std::optional<Part> take_number(std::string_view& text) {
  const auto after_digits = [&](size_t from) {
    return std::min(text.find_first_not_of(digits, from), text.size());
  };
  Part part;
  size_t end = after_digits(0);
  size_t count = end;
  if (end < text.size() && text[end] == '.') {
    const size_t from = end + 1;
    end = after_digits(from);
    count += end - from;
    part.whole = false;
  }
  if (count == 0) return std::nullopt;
  if (end < text.size() && text[end] == 'e') {
    const size_t from = end + 1 + (end + 1 < text.size() && is_sign(text[end + 1]));
    if (after_digits(from) == from) return std::nullopt;
    end = after_digits(from);
    part.whole = false;
  }
  const auto value = parse_double(text.substr(0, end));
  if (!value) return std::nullopt;
  part.value = *value;
  text.remove_prefix(end);
  return part;
}

/// The numbers of a text with their signs and units; empty if it contains anything else.
std::vector<Part> take_parts(std::string_view text) {
  std::vector<Part> parts;
  bool parted =
      true;  // from the previous number: "5 35" and "5h35" are two numbers, "5.3.5" is invalid
  bool comma = false;
  const auto skip_blanks = [&] {
    const size_t before = text.size();
    text = trim(text);
    parted = parted || text.size() < before;
  };
  for (text = trim(text); !text.empty(); skip_blanks()) {
    if (text[0] == ',') {
      if (comma || parts.empty()) return {};
      comma = parted = true;
      text.remove_prefix(1);
      continue;
    }
    char sign = 0;
    if (is_sign(text[0])) {
      sign = text[0];
      text.remove_prefix(1);
    } else if (!parted) {
      return {};
    }
    auto part = take_number(text);
    if (!part) return {};
    part->sign = sign;
    part->after_comma = std::exchange(comma, false);
    parted = false;
    if (!text.empty() && units.find(text[0]) != std::string_view::npos) {
      part->unit = text[0];
      text.remove_prefix(1);
      parted = true;
    }
    parts.push_back(*part);
  }
  return comma ? std::vector<Part>() : parts;
}

/// The start of the second coordinate: at a comma or sign, otherwise in the middle; 0: none.
size_t second_coordinate(std::span<const Part> parts) {
  size_t second = 0;
  for (size_t i = 1; i < parts.size(); ++i)
    if (parts[i].after_comma || parts[i].sign) {
      if (second) return 0;
      second = i;
    }
  return second || parts.size() % 2 ? second : parts.size() / 2;
}

/// An angle without sign, and whether its parts or units determine its unit.
struct Angle {
  double value = 0;
  bool sexagesimal = false;
  char unit = 0;  // 'h', 'd'; 0: unspecified
};

std::optional<Angle> angle(std::span<const Part> parts) {
  constexpr std::array<std::string_view, 3> letters = {"hd", "m'", "s\""};
  if (parts.empty() || parts.size() > letters.size()) return std::nullopt;
  Angle result;
  const char first = parts[0].unit;
  double scale = 1;
  for (size_t i = 0; i < parts.size(); ++i) {
    const Part& part = parts[i];
    const bool last = i + 1 == parts.size();
    const bool named = part.unit && letters[i].find(part.unit) != std::string_view::npos;
    if (!last && !part.whole) return std::nullopt;
    if (i > 0 && part.value >= 60) return std::nullopt;
    // Units of one kind: all letters, all colons except the last, or none; the last may be omitted.
    const bool fits = first == 0     ? part.unit == 0
                      : first == ':' ? part.unit == (last ? 0 : ':')
                                     : named || (last && part.unit == 0);
    if (!fits) return std::nullopt;
    result.value += part.value / scale;
    scale *= 60;
  }
  result.sexagesimal = parts.size() > 1;
  result.unit = first == ':' ? static_cast<char>(0) : first;
  return result;
}

/// Splits the digits of "053517.3-052328" into "05:35:17.3-05:23:28"; empty for any other text.
std::string name_coordinates(std::string_view text) {
  std::string result;
  for (int coordinate = 0; coordinate < 2; ++coordinate) {
    if (coordinate == 1) {
      if (text.empty() || !is_sign(text[0])) return {};
      result += text[0];
      text.remove_prefix(1);
    }
    const size_t count = std::min(text.find_first_not_of(digits), text.size());
    if (count != 4 && count != 6) return {};
    for (size_t i = 0; i < count; i += 2) result.append(i ? ":" : "").append(text.substr(i, 2));
    text.remove_prefix(count);
    while (!text.empty() && (text[0] == '.' || is_digit(text[0]))) {
      result += text[0];
      text.remove_prefix(1);
    }
  }
  return text.empty() ? result : std::string();
}

/// The text after the J of a name in lower case, with or without a preceding acronym; empty if
/// none.
std::string_view after_j(std::string_view text) {
  const size_t j = text.find('j');
  if (j == std::string_view::npos) return {};
  const std::string_view acronym = trim(text.substr(0, j));
  for (const char c : acronym)
    if (!is_digit(c) && !(c >= 'a' && c <= 'z')) return {};
  return text.substr(j + 1);
}

/// The text after the words that say that a position is Galactic, with a comma between the
/// coordinates where they had names; empty if it does not say so.
std::string without_galactic_words(const std::string& text) {
  const auto coordinate = [](std::string_view part) {
    part = trim(part);
    if (part.starts_with('=')) part.remove_prefix(1);
    part = trim(part);
    if (part.ends_with(',')) part.remove_suffix(1);
    return std::string(part);
  };
  for (const auto& [longitude, latitude] : {std::pair("glon", "glat"), {"l", "b"}}) {
    const size_t at = text.find(latitude);
    if (!text.starts_with(longitude) || at == std::string::npos) continue;
    const size_t begin = std::string_view(longitude).size();
    return coordinate(std::string_view(text).substr(begin, at - begin)) + "," +
           coordinate(std::string_view(text).substr(at + std::string_view(latitude).size()));
  }
  for (const std::string_view word : {"galactic", "gal", "g"})
    if (text.starts_with(word)) return text.substr(word.size());
  return {};
}

}  // namespace

std::optional<GalacticPosition> parse_galactic(std::string_view text) {
  if (text.size() > longest) return std::nullopt;
  const std::string ascii = in_ascii(trim(text));
  const std::vector<Part> parts = take_parts(without_galactic_words(ascii));
  if (parts.size() != 2) return std::nullopt;
  for (const Part& part : parts)
    if (part.unit != 0 && part.unit != 'd') return std::nullopt;
  const bool west = parts[0].sign == '-';
  if (parts[0].value > (west ? 180 : 360) || parts[1].value > 90) return std::nullopt;
  GalacticPosition position{west && parts[0].value > 0 ? 360 - parts[0].value : parts[0].value,
                            parts[1].sign == '-' ? -parts[1].value : parts[1].value};
  if (position.l_deg >= 360) position.l_deg = 0;
  return position;
}

std::optional<AngleText> parse_angle(std::string_view text) {
  if (text.size() > longest) return std::nullopt;
  const std::vector<Part> parts = take_parts(in_ascii(text));
  for (size_t i = 0; i < parts.size(); ++i)
    if (parts[i].after_comma || (i > 0 && parts[i].sign)) return std::nullopt;
  const auto found = angle(parts);
  if (!found) return std::nullopt;
  return AngleText{parts[0].sign == '-' ? -found->value : found->value, found->sexagesimal,
                   found->unit};
}

std::optional<SkyPosition> parse_position(std::string_view text) {
  if (text.size() > longest) return std::nullopt;
  std::string ascii = in_ascii(text);
  if (ascii.find('j') != std::string::npos) ascii = name_coordinates(after_j(ascii));
  const std::vector<Part> parts = take_parts(ascii);
  const size_t second = second_coordinate(parts);
  if (second == 0) return std::nullopt;
  const auto ra = angle(std::span(parts).first(second));
  const auto dec = angle(std::span(parts).subspan(second));
  if (!ra || !dec || dec->unit == 'h') return std::nullopt;
  // "83.82 -05 23 28" may be a mistake: if only one coordinate is sexagesimal, the other must have
  // a unit.
  if (ra->sexagesimal != dec->sexagesimal && (ra->sexagesimal ? dec : ra)->unit == 0)
    return std::nullopt;

  const bool hours = ra->unit == 'h' || (ra->unit == 0 && ra->sexagesimal);
  const bool west = parts[0].sign == '-';
  if (hours ? west || ra->value > 24 : ra->value > (west ? 180 : 360)) return std::nullopt;
  if (dec->value > 90) return std::nullopt;
  SkyPosition position;
  position.ra_deg = hours ? ra->value * 15 : ra->value;
  if (west && position.ra_deg > 0) position.ra_deg = 360 - position.ra_deg;
  if (position.ra_deg >= 360) position.ra_deg = 0;
  position.dec_deg = parts[second].sign == '-' ? -dec->value : dec->value;
  return position;
}

std::string sexagesimal(const SkyPosition& position) {
  if (!is_valid(position)) return {};
  constexpr long long day = 24LL * 3600 * 100;
  // In integer units of the last digit, so that rounding up carries into minutes and hours.
  const double turns = position.ra_deg / 360;
  const long long ra = std::llround((turns - std::floor(turns)) * static_cast<double>(day)) % day;
  const long long dec = std::llround(std::abs(position.dec_deg) * 36000);
  return fmt::format("{:02} {:02} {:02}.{:02} {}{:02} {:02} {:02}.{}", ra / 360000, ra / 6000 % 60,
                     ra / 100 % 60, ra % 100, position.dec_deg < 0 && dec > 0 ? '-' : '+',
                     dec / 36000, dec / 600 % 60, dec / 10 % 60, dec % 10);
}

}  // namespace uhuru::sky
