#include "uhuru/io/text_part.hpp"

#include <algorithm>

#include "uhuru/base/error.hpp"

namespace uhuru::io {
namespace {

/// Whether a quote is open at the end of a line at whose beginning none, or one (`open`), is: as in
/// RecordReader::split. A comment at which a record begins has no quotes.
bool ends_in_quotes(std::string_view line, bool open, const RecordRules& rules) {
  const bool blanks = rules.delimiter == ' ';
  if (!open && rules.skips_comments && (blanks ? trim(line) : line).starts_with('#')) return false;
  const auto skip_blanks = [&](size_t from) {
    return blanks ? std::min(line.find_first_not_of(" \r", from), line.size()) : from;
  };
  size_t at = open ? 0 : skip_blanks(0);
  bool quoted = open;
  while (true) {
    if (!quoted && at < line.size() && line[at] == '"') {
      quoted = true;
      ++at;
    }
    while (quoted) {
      at = line.find('"', at);
      if (at == std::string_view::npos) return true;
      ++at;
      quoted = at < line.size() && line[at] == '"';
      at += quoted;
    }
    const size_t end = std::min(line.find(rules.delimiter, at), line.size());
    if (end == line.size()) return false;
    at = skip_blanks(end + 1);
  }
}

/// What a rank finds in its bytes if no quote is open where the first line of them begins [0], and
/// if one is [1].
struct Lines {
  uint64_t first_record[2];
  bool open_after[2] = {false, true};
};

/// `inside`: the bytes begin within a line, or directly after it.
Lines look_at_lines(RecordReader reader, bool may_quote, bool inside, const TextPart& part,
                    uint64_t size) {
  Lines lines{{size, size}};
  std::string_view line;
  try {
    if (inside) reader.line(line);
    while (reader.position() < std::min(part.end, size)) {
      for (const int open : {0, 1})
        if (!lines.open_after[open])
          lines.first_record[open] = std::min(lines.first_record[open], reader.position());
      if (const std::string_view plain = reader.plain_lines(); !plain.empty()) {
        reader.skip(plain.size(), 0);
        continue;
      }
      if (!reader.line(line)) break;
      for (bool& open : lines.open_after)
        open = may_quote && ends_in_quotes(line, open, reader.rules());
    }
  } catch (const Error&) {
    // A line is too long: the rank that reads its record will say so.
  }
  return lines;
}

}  // namespace

TextPart text_part_of_rank(std::unique_ptr<ByteSource> source, const RecordRules& rules,
                           bool may_quote, uint64_t begin, const Communicator& ranks) {
  // A file that grows has the same size for all.
  const uint64_t size = std::max(begin, ranks.of_each(source->size())[0]);
  const int rank = ranks.rank();
  TextPart part{begin + ranks.part_begin(size - begin, rank)};
  if (rank + 1 < ranks.count()) part.end = begin + ranks.part_begin(size - begin, rank + 1);
  const bool inside = part.begin > begin;
  RecordReader reader(std::move(source), rules, {part.begin - inside, part.end});
  const auto of_all =
      ranks.of_each(look_at_lines(std::move(reader), may_quote, inside, part, size));
  const auto own = static_cast<size_t>(rank);
  bool open = false;
  for (size_t lower = 0; lower < own; ++lower) open = of_all[lower].open_after[open];
  part.begin = of_all[own].first_record[open];
  return part;
}

}  // namespace uhuru::io
