// Finds out how a text file is laid out. Where several readings are possible, the cells of the
// first rows decide; where they cannot, it is an error.

#include "uhuru/io/text_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/utf8.hpp"

namespace uhuru::io {

std::string_view take_line(std::string_view& text) {
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

void add_text_column(TextLayout& layout, std::string_view name, TextColumn column) {
  column.field.name = to_utf8(trim(name));
  if (column.field.name.empty())
    column.field.name = fmt::format("col{}", layout.columns.size() + 1);
  if (layout.columns.size() >= max_text_columns)
    throw input_error("the table has too many columns", "",
                      fmt::format("at most {} columns", max_text_columns));
  layout.columns.push_back(std::move(column));
}

namespace {

using Cells = std::vector<std::string>;

struct Delimiter {
  char character;
  const char* part;  // how the user names it, after '#'
};
constexpr Delimiter known_delimiters[] = {
    {'\t', "tsv"}, {',', "csv"}, {';', "semicolons"}, {'|', "bars"}, {' ', "blanks"}};

bool is_number(std::string_view cell) { return parse_real(cell).has_value(); }

/// Whether all cells are lines of dashes, as under the units of VizieR's tables. "--" alone may
/// also mark missing values.
bool are_dashes(const Cells& cells) {
  bool long_ones = false;
  for (const std::string& cell : cells) {
    const auto dashes = trim(cell);
    if (dashes.find_first_not_of("-+=:") != std::string_view::npos || dashes.empty()) return false;
    long_ones = long_ones || dashes.size() > 3;
  }
  return long_ones;
}

/// Whether all cells of row 1 look like types of RDB, such as 10S or n. Letters alone may be
/// values, unless they stand above numbers.
bool are_rdb_types(const std::vector<Cells>& rows) {
  bool is_certain = false;
  for (size_t c = 0; c < rows[1].size(); ++c) {
    const std::string& cell = rows[1][c];
    const size_t type = cell.find_first_not_of("0123456789");
    if (type == std::string::npos || type > 4) return false;
    if (std::string_view("SNMDsnmd").find(cell[type]) == std::string_view::npos) return false;
    const auto rest = std::string_view(cell).substr(type + 1);
    if (!rest.empty() && rest != "<" && rest != ">") return false;
    is_certain = is_certain || type > 0;
    if (cell[type] != 'N' && cell[type] != 'n') continue;
    for (size_t row = 2; row < rows.size(); ++row)
      is_certain = is_certain || (c < rows[row].size() && is_number(rows[row][c]));
  }
  return is_certain;
}

/// Whether a comment could be a line of column names: words without blanks, all different.
bool are_words(const Cells& cells) {
  std::set<std::string> seen;
  for (const std::string& cell : cells) {
    const auto word = trim(cell);
    if (word.empty() || is_number(word) || !seen.emplace(word).second) return false;
    if (word.find_first_of(" \t,;|:='\"") != std::string_view::npos) return false;
  }
  return true;
}

/// The first records of a text, with any delimiter.
class LayoutFinder {
 public:
  LayoutFinder(std::string_view head, bool whole, const TextHints& hints)
      : hints_(hints), whole_(whole) {
    if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
    rest_ = head;
    read_comments();
  }

  TextLayout find() {
    layout_.rules.delimiter = hints_.part.empty() ? find_delimiter() : asked_delimiter();
    layout_.rules.tabs_are_blanks = layout_.rules.delimiter == ' ';
    layout_.rules.skips_comments |= layout_.rules.delimiter == ' ';
    if (layout_.rules.delimiter == ';' || layout_.rules.delimiter == '|' ||
        layout_.rules.delimiter == ' ')
      layout_.notes.push_back(fmt::format(
          "columns are separated by {}",
          layout_.rules.delimiter == ' ' ? "blanks" : in_quotes({&layout_.rules.delimiter, 1})));
    find_columns();
    return std::move(layout_);
  }

 private:
  /// The lines before the first that is no comment.
  void read_comments() {
    constexpr size_t most_comments = 20;
    while (!rest_.empty()) {
      std::string_view after = rest_;
      const std::string_view line = take_line(after);
      if (line.starts_with("#Column\t") || line.starts_with("#Column;")) {
        if (described_.size() < max_text_columns) describe_column(line);
      } else if (line.starts_with('#')) {
        comments_.emplace_back(line, layout_.header_lines + 1);
        if (comments_.size() > most_comments) comments_.erase(comments_.begin());
      } else if (trim(line).empty()) {
        comments_.clear();
      } else {
        first_ = line;
        return;
      }
      rest_ = after;
      ++layout_.header_lines;
    }
    throw input_error("the file contains no table", "", "a line of column names");
  }

  /// "#Column <name> <format> <description> ...": of an archive's command-line interface
  /// with <origin> <unit> <ucd>, of VizieR with [ucd=...].
  void describe_column(std::string_view line) {
    std::vector<std::string> cells;
    const char delimiter = line[7];
    std::string text(line);
    std::erase(text, '"');
    for (std::string_view rest = text; cells.size() < 7;) {
      const size_t end = std::min(rest.find(delimiter), rest.size());
      cells.push_back(to_utf8(trim(rest.substr(0, end))));
      if (end == rest.size()) break;
      rest.remove_prefix(end + 1);
    }
    cells.resize(7);
    const auto inside = [](std::string_view cell) {
      return std::string(cell.size() > 2 ? cell.substr(1, cell.size() - 2) : "");
    };
    TextColumn column;
    column.field.description = cells[3];
    constexpr std::string_view vizier_ucd = "[ucd=";
    if (cells[4].starts_with(vizier_ucd)) {
      is_vizier_ = true;
      column.field.ucd = inside(cells[4]).substr(vizier_ucd.size() - 1);
      column.declared = cells[2].starts_with("(A") || cells[2].starts_with("(a");
      if (column.declared) column.field.type = Type::text;
    } else {
      column.field.unit = inside(cells[5]);
      column.field.ucd = inside(cells[6]);
    }
    described_.emplace(cells[1], std::move(column));
  }

  /// The first records as they are with a delimiter, without one that may not be whole.
  std::vector<Cells> records(std::string_view text, char delimiter, bool whole) const {
    constexpr size_t most_records = 100;
    constexpr size_t most_cells = 50000;
    constexpr size_t least_records = 4;  // names, units, dashes, a row
    RecordRules rules;
    rules.delimiter = delimiter;
    rules.tabs_are_blanks = delimiter == ' ';
    rules.skips_comments = delimiter == ' ' || is_vizier_;
    rules.has_further_tables = is_vizier_;
    RecordReader reader(ByteSource::from_memory(text, ""), rules);
    std::vector<Cells> found;
    std::vector<std::string_view> cells;
    size_t count = 0;
    try {
      while (found.size() < most_records && (count < most_cells || found.size() < least_records)) {
        if (!reader.record(cells)) {
          if (!whole && found.size() > 1) found.pop_back();
          break;
        }
        found.emplace_back(cells.begin(), cells.end());
        count += cells.size();
      }
    } catch (const Error&) {
      // An open quote: the text may go on.
    }
    return found;
  }
  std::vector<Cells> first_records(char delimiter) const {
    return records(rest_, delimiter, whole_);
  }

  /// Whether all first rows have as many cells as the header, and more than one.
  bool is_consistent(const std::vector<Cells>& rows, char delimiter) const {
    if (rows.empty() || rows[0].size() < 2) return false;
    for (size_t row = 1; row < rows.size(); ++row)
      if (rows[row].size() != rows[0].size() && !(row == 1 && is_rule(first_rule(delimiter))))
        return false;
    if (delimiter != ' ') return true;
    // Blanks separate words of other texts as well.
    return rows.size() > 1 && first_.find_first_of(",;|") == std::string_view::npos;
  }

  /// The line after the header, if bars separate the columns.
  std::string_view first_rule(char delimiter) const {
    if (delimiter != '|') return {};
    std::string_view rest = rest_;
    take_line(rest);
    return take_line(rest);
  }
  static bool is_rule(std::string_view line) {
    return line.find("--") != std::string_view::npos &&
           line.find_first_not_of("-+|:= ") == std::string_view::npos;
  }

  char asked_delimiter() const {
    for (const Delimiter& known : known_delimiters)
      if (hints_.part == known.part) return known.character;
    throw input_error(
        "a text file has only one table", "",
        "no '#' after the name, or one of #" + text_parts() + " to say what separates its columns",
        in_quotes("#" + hints_.part));
  }

  char find_delimiter() const {
    std::map<char, std::vector<Cells>> rows;
    for (const Delimiter& known : known_delimiters) {
      // Tabs that most lines agree on are no blanks.
      if (known.character == ' ' && is_usual(rows['\t'])) return '\t';
      rows[known.character] = first_records(known.character);
      if (is_consistent(rows[known.character], known.character)) return known.character;
    }
    if (rows[','].empty()) throw_open_quote();
    // Rows with a wrong number of cells are reported by their numbers.
    if (first_.find('\t') != std::string_view::npos) return '\t';
    if (first_.find(',') != std::string_view::npos) return ',';
    for (const char delimiter : {';', '|'})
      if (is_usual(rows[delimiter])) return delimiter;
    if (is_one_column(rows)) return ',';
    throw no_delimiter(rows);
  }

  /// Whether more than half of the rows have as many cells as the header, and more than one.
  static bool is_usual(const std::vector<Cells>& rows) {
    if (rows.empty() || rows[0].size() < 2) return false;
    const auto like_header = std::count_if(
        rows.begin(), rows.end(), [&](const Cells& row) { return row.size() == rows[0].size(); });
    return static_cast<size_t>(like_header) * 2 > rows.size();
  }

  bool is_one_column(std::map<char, std::vector<Cells>>& rows) const {
    if (!hints_.one_column) return false;
    for (const char delimiter : {'\t', ',', ';', '|'})
      for (const Cells& row : rows[delimiter])
        if (row.size() > 1 && !(row.size() == 2 && trim(row[1]).empty())) return false;
    const std::string_view name = trim(first_);
    if (name[0] != '"' && name.find_first_of(" \t") != std::string_view::npos) return false;
    for (const Cells& row : rows[' ']) {
      if (row.size() > 1 && hints_.plain_cells) return false;
      if (row.size() > 1 && std::all_of(row.begin(), row.end(), is_number)) return false;
    }
    return true;
  }

  Error no_delimiter(std::map<char, std::vector<Cells>>& rows) const {
    std::vector<std::string> tried;
    for (const auto& [character, name] :
         {std::pair{',', "commas"}, std::pair{'\t', "tabs"}, std::pair{';', "';'"},
          std::pair{'|', "'|'"}, std::pair{' ', "blanks"}}) {
      const auto& found = rows[character];
      size_t row = 1;
      while (row < found.size() && found[row].size() == found[0].size()) ++row;
      tried.push_back(fmt::format("{} in the header by {}", found[0].size(), name));
      if (row < found.size())
        tried.back() += fmt::format(" ({} in row {})", found[row].size(), row);
    }
    return input_error(
        "cannot tell what separates the columns", fmt::format("line {}", layout_.header_lines + 1),
        "names and rows separated by commas, tabs, ';', '|' or blanks, or an ECSV or IPAC table; "
        "for a table of one column, say so: " +
            hints_.name + "#csv",
        "cells: " + join(tried, ", "));
  }

  /// A comment, and what its cells are if it is a line of names.
  struct Candidate {
    std::string_view line;
    uint64_t number = 0;
    Cells names;
  };

  /// The comment directly before the first line that has the names of the columns; empty if none
  /// has.
  Candidate commented_names(const std::vector<Cells>& rows) const {
    std::vector<Candidate> candidates;
    for (const auto& [line, number] : comments_) {
      std::string_view text = line;
      while (text.starts_with('#')) text.remove_prefix(1);
      const std::string trimmed(trim(text));
      auto cells = records(trimmed, layout_.rules.delimiter, true);
      if (!cells.empty() && cells[0].size() == rows[0].size() && are_words(cells[0]))
        candidates.push_back({line, number, std::move(cells[0])});
    }
    if (candidates.empty() || !described_.empty() || is_header(candidates.back(), rows)) return {};
    if (candidates.size() > 1)
      throw two_headers(candidates[0], candidates[1].number, candidates[1].line);
    return candidates[0];
  }

  /// Whether the first line has the names although a comment before it could have them.
  bool is_header(const Candidate& comment, const std::vector<Cells>& rows) const {
    if (std::any_of(rows[0].begin(), rows[0].end(), is_number)) return false;
    // The first line has words only. Above a column of numbers, it is the header.
    for (size_t c = 0; c < rows[0].size(); ++c)
      for (size_t row = 1; row < rows.size(); ++row)
        if (c < rows[row].size() && is_number(rows[row][c])) return true;
    const bool one_word = comment.names.size() == 1 && comment.line.starts_with("# ");
    if (!hints_.part.empty() || rows.size() < 2 || one_word) return true;
    throw two_headers(comment, layout_.header_lines + 1, first_);
  }

  static Error two_headers(const Candidate& one, uint64_t number, std::string_view other) {
    return input_error("cannot tell which line has the names of the columns",
                       fmt::format("lines {} and {}", one.number, number),
                       "names without '#', or comments that cannot be lines of names",
                       in_quotes(one.line) + " and " + in_quotes(other));
  }

  /// Whether the first line holds values: it has a number without quotes, and no word above
  /// numbers.
  bool is_data(const std::vector<Cells>& rows) const {
    const auto is_bare_number = [&](const std::string& cell) {
      return is_number(cell) && first_.find('"' + cell + '"') == std::string_view::npos;
    };
    if (std::none_of(rows[0].begin(), rows[0].end(), is_bare_number)) return false;
    for (size_t c = 0; c < rows[0].size(); ++c) {
      if (is_bare_number(rows[0][c]) || trim(rows[0][c]).empty()) continue;
      for (size_t row = 1; row < rows.size(); ++row)
        if (c < rows[row].size() && is_number(rows[row][c])) return false;
    }
    return true;
  }

  void find_columns() {
    const char delimiter = layout_.rules.delimiter;
    std::vector<Cells> rows = first_records(delimiter);
    if (rows.empty()) throw_open_quote();
    Cells names = rows[0];
    if (const Candidate comment = commented_names(rows); !comment.names.empty()) {
      names = comment.names;
      rows.insert(rows.begin(), names);
      layout_.notes.push_back("the names of the columns were taken from the comment in line " +
                              std::to_string(comment.number));
    } else {
      if (hints_.part.empty() && described_.empty() && is_data(rows))
        throw input_error("the first line has numbers, not the names of columns",
                          fmt::format("line {}", layout_.header_lines + 1),
                          "a line of column names; if these are names, say so: " + hints_.name +
                              "#" + part_of(delimiter),
                          in_quotes(first_));
      skip_records(1);
      layout_.is_framed = delimiter == '|' && names.size() > 2 && trim(names.front()).empty() &&
                          trim(names.back()).empty();
    }
    if (layout_.is_framed) {
      names.erase(names.begin());
      names.pop_back();
    }
    for (const std::string& name : names) {
      const auto known = described_.find(std::string(trim(name)));
      add_text_column(layout_, name, known == described_.end() ? TextColumn() : known->second);
    }
    take_lines_below(rows);
    layout_.rules.skips_blank_lines = layout_.columns.size() > 1;
    layout_.rules.skips_comments |= is_vizier_;
    layout_.rules.has_further_tables = is_vizier_;
  }

  /// Units, types and dashes below the names, never in quotes.
  void take_lines_below(const std::vector<Cells>& rows) {
    std::string_view below = rest_;
    const std::string_view first = take_line(below);
    const std::string_view second = take_line(below);
    const auto is_row = [&](size_t row) {
      return row < rows.size() && rows[row].size() == layout_.columns.size();
    };
    if (layout_.rules.delimiter == '|' && is_rule(first)) return skip_lines(1);
    if (!is_row(1) || first.find('"') != std::string_view::npos) return;
    if (are_dashes(rows[1])) return skip_records(1);
    if (is_row(2) && second.find('"') == std::string_view::npos && are_dashes(rows[2])) {
      for (size_t c = 0; c < layout_.columns.size(); ++c)
        layout_.columns[c].field.unit = to_utf8(trim(rows[1][c]));
      skip_records(2);
      layout_.notes.emplace_back("the line below the names was taken for units");
    } else if (layout_.rules.delimiter == '\t' && are_rdb_types(rows)) {
      for (size_t c = 0; c < layout_.columns.size(); ++c) {
        TextColumn& column = layout_.columns[c];
        const size_t type = rows[1][c].find_first_not_of("0123456789");
        column.declared = rows[1][c][type] != 'N' && rows[1][c][type] != 'n';
        if (column.declared) column.field.type = Type::text;
      }
      skip_records(1);
      layout_.notes.emplace_back("the line below the names was taken for the types of RDB");
    }
  }

  /// Removes the first records from the text; their lines belong to the header.
  void skip_records(size_t count) {
    RecordReader reader(ByteSource::from_memory(rest_, ""), layout_.rules);
    std::vector<std::string_view> cells;
    for (size_t i = 0; i < count; ++i) reader.record(cells);
    skip_lines(reader.line_number());
  }
  void skip_lines(uint64_t count) {
    layout_.header_lines += count;
    for (uint64_t i = 0; i < count; ++i) take_line(rest_);
  }

  /// Reports a header that is not whole.
  [[noreturn]] void throw_open_quote() const {
    throw input_error("unterminated quote", fmt::format("line {}", layout_.header_lines + 1),
                      "a closing \"", in_quotes(first_));
  }

  static std::string part_of(char delimiter) {
    for (const Delimiter& known : known_delimiters)
      if (known.character == delimiter) return known.part;
    return "csv";
  }

  const TextHints& hints_;
  bool whole_;
  TextLayout layout_;
  std::string_view rest_;   // from the first line that is no comment
  std::string_view first_;  // that line
  std::vector<std::pair<std::string_view, uint64_t>> comments_;  // directly before it, by line
  bool is_vizier_ = false;
  std::unordered_map<std::string, TextColumn> described_;  // by "#Column" lines
};

/// The tables of the CDS and of the AAS journals describe their columns byte by byte.
bool is_cds_table(std::string_view head) {
  while (!head.empty())
    if (lower(trim(take_line(head))).starts_with("byte-by-byte description of file")) return true;
  return false;
}

}  // namespace

std::string text_parts() {
  std::vector<std::string> parts;
  for (const Delimiter& known : known_delimiters) parts.emplace_back(known.part);
  return join(parts, ", #");
}

TextLayout layout_of_text(std::string_view head, bool whole, const TextHints& hints) {
  if (is_ecsv(head)) return layout_of_ecsv(head);
  if (is_cds_table(head))
    throw input_error(
        "the file is a CDS or machine-readable table (MRT), which is not read", "",
        "VOTable, FITS, ECSV, IPAC, CSV or TSV; astropy converts it: python3 -c \"from "
        "astropy.table import Table; Table.read('" +
            hints.name + "', format='ascii.cds').write('table.ecsv')\"",
        "a byte-by-byte description of its columns");
  if (hints.part.empty())
    if (TextLayout ipac = layout_of_ipac(head); !ipac.columns.empty()) return ipac;
  return LayoutFinder(head, whole, hints).find();
}

}  // namespace uhuru::io
