// How a text file is laid out: what separates its cells, what its columns are, where the rows
// begin.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "uhuru/io/text_records.hpp"
#include "uhuru/io/text_values.hpp"

namespace uhuru::io {

/// The number of parameters of a table that are kept: their memory is many times their text's.
constexpr size_t max_text_parameters = 10000;

/// What the lines before the first row say.
struct TextLayout {
  RecordRules rules;
  bool is_framed = false;     // lines begin and end with the delimiter
  std::vector<size_t> bars;   // IPAC: where the cells of a row begin and end, in bytes
  uint64_t header_lines = 0;  // lines before the first row
  Table table;                // name, description, parameters; no columns
  std::vector<TextColumn> columns;
  std::vector<std::string> notes;
};

/// What the user or the file's name says about a text file.
struct TextHints {
  std::string name;          // of the file, for advice
  std::string part;          // after '#' in the name of the table: csv, tsv, blanks ..., or empty
  bool one_column = false;   // the name is one of CSV or TSV: a single column is plausible
  bool plain_cells = false;  // ... if its cells have no blanks
};

/// The layout of a text that begins with `head`; `whole` if that is all. Throws Error (input) if it
/// is not a table, or if it can be understood in more than one way.
TextLayout layout_of_text(std::string_view head, bool whole, const TextHints& hints);

/// The parts that layout_of_text understands: "csv, tsv, ...".
std::string text_parts();

/// The layout of an IPAC table; empty columns if the text is none. Its columns are those between
/// the bars of the header. Source: irsa.ipac.caltech.edu/applications/DDGEN/Doc/ipac_tbl.html
TextLayout layout_of_ipac(std::string_view head);

/// The layout of an ECSV table, whose header is YAML. Throws Error (input) with the line. Source:
/// astropy's APE 6.
TextLayout layout_of_ecsv(std::string_view head);
inline bool is_ecsv(std::string_view head) { return head.starts_with("# %ECSV "); }

/// Adds a column from the header line, named `name`.
void add_text_column(TextLayout& layout, std::string_view name, TextColumn column);

/// The first line of `text`, without its end, which is removed from `text`.
std::string_view take_line(std::string_view& text);

}  // namespace uhuru::io
