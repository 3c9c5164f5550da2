// The header of an IPAC table.

#include <fmt/format.h>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/text_layout.hpp"
#include "uhuru/io/utf8.hpp"

namespace uhuru::io {
namespace {

constexpr size_t most_header_lines = 4;  // names, types, units, marks of missing values

/// Keywords "\name = value" become parameters, comments "\ text" the description.
void read_ipac_keyword(std::string_view line, Table& table) {
  line.remove_prefix(1);
  const size_t equals = line.find('=');
  if (line.starts_with(' ') || equals == std::string_view::npos) {
    const std::string comment = to_utf8(trim(line));
    if (comment.empty()) return;
    if (!table.description.empty()) table.description += '\n';
    table.description += comment;
    return;
  }
  Parameter parameter;
  std::string_view name = trim(line.substr(0, equals));
  // A type may stand before the name: "\int rows = 5".
  const size_t blank = name.find_last_of(" \t");
  if (blank != std::string_view::npos) name.remove_prefix(blank + 1);
  std::string_view value = trim(line.substr(equals + 1));
  const bool is_quoted =
      value.size() > 1 && (value[0] == '\'' || value[0] == '"') && value.back() == value[0];
  if (is_quoted) value = value.substr(1, value.size() - 2);
  parameter.field.name = to_utf8(name);
  parameter.field.type = is_quoted           ? Type::text
                         : parse_int(value)  ? Type::int64
                         : parse_real(value) ? Type::float64
                                             : Type::text;
  parameter.value = to_utf8(value);
  if (table.parameters.size() < max_text_parameters)
    table.parameters.push_back(std::move(parameter));
}

/// Sets the type of a column, which may be abbreviated; false if it is unknown.
bool set_ipac_type(std::string_view given, TextColumn& column) {
  const std::string type = lower(given);
  const auto is = [&](std::string_view name) { return name.starts_with(type); };
  if (type.empty()) return true;
  if (is("int") || is("integer") || is("long"))
    column.field.type = Type::int64;
  else if (is("double") || is("float") || is("real"))
    column.field.type = Type::float64;
  else if (is("char") || is("date"))
    column.field.type = Type::text;
  else
    return false;
  column.declared = true;
  return true;
}

}  // namespace

TextLayout layout_of_ipac(std::string_view head) {
  TextLayout layout;
  std::vector<std::string_view> header;
  bool has_keywords = false;
  bool has_rows = false;
  std::string_view text = head;
  while (!text.empty()) {
    std::string_view line = take_line(text);
    if (line.starts_with('\\') && header.empty()) {
      read_ipac_keyword(line, layout.table);
      has_keywords = true;
    } else if (line.starts_with('|')) {
      header.push_back(line);
    } else if (header.empty() && trim(line).empty()) {
      // A blank line before the header.
    } else {
      has_rows = true;
      break;
    }
    ++layout.header_lines;
  }
  // A table with bars in every line may be another format.
  const bool only_header = !has_rows && !has_keywords;
  if (header.empty() || header.size() > most_header_lines || (only_header && header.size() < 2))
    return {};
  while (header[0].ends_with(' ')) header[0].remove_suffix(1);
  for (size_t at = 0; at < header[0].size(); ++at)
    if (header[0][at] == '|') layout.bars.push_back(at);
  if (layout.bars.size() < 2) return {};
  const auto part = [&](size_t line, size_t c) {
    if (line >= header.size() || header[line].size() <= layout.bars[c]) return std::string_view();
    const size_t begin = layout.bars[c] + 1;
    return trim(header[line].substr(begin, layout.bars[c + 1] - begin));
  };
  for (size_t line = 1; line < header.size(); ++line)
    for (const size_t bar : layout.bars) {
      if (bar >= header[line].size() || header[line][bar] == '|') continue;
      if (only_header) return {};
      throw input_error("the header lines of an IPAC table differ",
                        fmt::format("line {}", layout.header_lines - header.size() + line + 1),
                        fmt::format("'|' at character {}, as in the first", bar + 1),
                        in_quotes(header[line].substr(bar, 1)));
    }
  for (size_t c = 0; c + 1 < layout.bars.size(); ++c) {
    TextColumn column;
    if (!set_ipac_type(part(1, c), column) && only_header) return {};
    column.field.unit = to_utf8(part(2, c));
    column.null_mark = to_utf8(part(3, c));
    // Names may be padded with dashes.
    std::string_view name = part(0, c);
    while (name.size() > 1 && name.starts_with('-')) name.remove_prefix(1);
    while (name.size() > 1 && name.ends_with('-')) name.remove_suffix(1);
    add_text_column(layout, name, std::move(column));
  }
  return layout;
}

}  // namespace uhuru::io
