#include <algorithm>

#include "cli.hpp"

namespace uhuru::cli {
namespace {

/// Characters, as a terminal shows them.
size_t shown_width(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

}  // namespace

std::string shown(std::string text, size_t most) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  if (shown_width(text) <= most) return text;
  size_t width = 0;
  size_t at = 0;
  while (at < text.size() && width + 1 < most) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
    ++width;
  }
  return text.substr(0, at) + (most > 0 ? "…" : "");
}

void print_columns(Terminal& terminal, const std::vector<std::vector<std::string>>& rows) {
  constexpr size_t widest = 34;
  constexpr size_t narrowest_last = 12;
  const auto total = static_cast<size_t>(Terminal::width(stdout, 1 << 20));
  std::vector<size_t> widths(rows[0].size(), 0);
  for (const auto& row : rows)
    for (size_t c = 0; c < row.size(); ++c)
      widths[c] =
          std::max(widths[c], std::min(shown_width(row[c]), c + 1 < row.size() ? widest : total));
  const auto used = [&](size_t count) {
    size_t sum = 0;
    for (size_t c = 0; c < count; ++c) sum += widths[c] + (c ? 2 : 0);
    return sum;
  };
  size_t count = widths.size();
  while (count > 1 && used(count - 1) + 2 + std::min(widths[count - 1], narrowest_last) > total)
    --count;
  widths[count - 1] =
      std::min(widths[count - 1], total - std::min(total, count > 1 ? used(count - 1) + 2 : 0));
  for (const auto& row : rows) {
    std::string line;
    for (size_t c = 0; c < count; ++c) {
      const std::string cell = shown(row[c], widths[c]);
      if (c) line += "  ";
      line += cell;
      if (c + 1 < count) line += std::string(widths[c] - shown_width(cell), ' ');
    }
    while (line.ends_with(' ')) line.pop_back();
    terminal.say(line);
  }
}

}  // namespace uhuru::cli
