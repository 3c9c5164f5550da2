#include <algorithm>

#include "cli.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru::cli {

void print_columns(Terminal& terminal, const std::vector<std::vector<std::string>>& rows) {
  constexpr size_t widest = 44;  // a range of two whole numbers of 64 bits
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
