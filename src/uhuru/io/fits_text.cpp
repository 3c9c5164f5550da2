#include "uhuru/io/fits_text.hpp"

#include <algorithm>
#include <array>

#include "uhuru/base/text.hpp"

namespace uhuru::io {
namespace {

bool is_fits_character(char c) { return c >= ' ' && c <= '~'; }
bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

constexpr std::string_view micro_sign = "\u00b5";
constexpr std::string_view letter_mu = "\u03bc";

/// α to ω, from U+03B1.
constexpr std::array<std::string_view, 25> greek_letters = {
    "alpha", "beta",   "gamma",   "delta", "epsilon", "zeta",    "eta",  "theta", "iota",
    "kappa", "lambda", "mu",      "nu",    "xi",      "omicron", "pi",   "rho",   "sigma",
    "sigma", "tau",    "upsilon", "phi",   "chi",     "psi",     "omega"};

/// The name of the Greek letter in these two bytes of UTF-8; empty if they are something else.
std::string_view greek_letter(std::string_view bytes) {
  if (bytes.size() < 2) return {};
  const unsigned code = ((static_cast<unsigned char>(bytes[0]) & 0x1fu) << 6) |
                        (static_cast<unsigned char>(bytes[1]) & 0x3fu);
  if (static_cast<unsigned char>(bytes[0]) >> 5 != 6 || code < 0x3b1 || code > 0x3c9) return {};
  return greek_letters[code - 0x3b1];
}

}  // namespace

std::string_view fits_text(std::string_view text, std::string& scratch, FitsReplaced* replaced) {
  if (std::all_of(text.begin(), text.end(), is_fits_character)) return text;
  scratch.clear();
  uint64_t count = 0;
  for (size_t at = 0; at < text.size();) {
    if (is_fits_character(text[at])) {
      scratch += text[at++];
      continue;
    }
    const auto rest = text.substr(at);
    const bool micro = rest.starts_with(micro_sign) || rest.starts_with(letter_mu);
    const bool plus_minus = rest.starts_with("\u00b1");
    const bool blank = text[at] == '\t' || text[at] == '\n' || text[at] == '\r';
    scratch += micro ? "u" : plus_minus ? "+/-" : blank ? " " : "?";
    count += !plus_minus;
    for (++at; at < text.size() && continues(text[at]);) ++at;
  }
  if (replaced) {
    if (replaced->count == 0) {
      replaced->first_place = replaced->place;
      replaced->first = text;
    }
    replaced->count += count;
  }
  return scratch;
}

std::string fits_label(const std::string& text, FitsReplaced& replaced) {
  std::string scratch;
  return std::string(fits_text(text, scratch, &replaced));
}

std::string fits_column_name(const std::string& name, const std::vector<std::string>& others,
                             FitsReplaced& replaced) {
  std::string spelled;
  for (size_t at = 0; at < name.size();) {
    const auto letter = greek_letter(std::string_view(name).substr(at));
    spelled += letter.empty() ? std::string_view(name).substr(at, 1) : letter;
    at += letter.empty() ? 1 : 2;
  }
  constexpr size_t most = 68;
  FitsReplaced again;
  std::string result = fits_label(spelled, again).substr(0, most);
  if (result == name) return result;
  if (replaced.count == 0) replaced.first = name;
  replaced.count += std::max<uint64_t>(1, again.count);
  const auto taken = [&](const std::string& other) {
    return std::any_of(others.begin(), others.end(),
                       [&](const std::string& one) { return lower(one) == lower(other); });
  };
  std::string unique = result;
  for (int number = 2; taken(unique); ++number) {
    const std::string suffix = "_" + std::to_string(number);
    unique = result.substr(0, most - suffix.size()) + suffix;
  }
  return unique;
}

std::string fits_keyword_name(const std::string& name) {
  const auto is_standard = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  std::string upper = name;
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (upper == "SOFTWARE") return "CREATOR";  // by convention the program, see add_provenance
  if (upper.size() <= 8 && std::all_of(upper.begin(), upper.end(), is_standard)) return upper;
  std::string result = name.substr(0, 40);
  for (char& c : result)
    if (!is_fits_character(c) || c == '=' || c == '\'' || c == '/') c = '_';
  return result;
}

}  // namespace uhuru::io
