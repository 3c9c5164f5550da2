// Reads plain rows of a TABLEDATA without the XML parser: most files contain nothing else.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "uhuru/io/binary_rows.hpp"

namespace uhuru::io {

/// What scan_rows consumed of its text.
struct Scanned {
  size_t bytes = 0;
  size_t lines = 0;  // line ends among them
};

/// Appends the plain rows at the beginning of `text` to `rows` and stops before the first row that
/// is not plain or incomplete, which is left to the XML parser with its notes and error messages.
///
/// A plain row is `<TR>`, one `<TD>…</TD>` or `<TD/>` for each of `fields`, `</TR>`, with white
/// space between the tags and printable ASCII without markup in the cells, whose values must be
/// valid. The bytes then mean the same in every ASCII-compatible encoding. Values and missing cells
/// are as in append_cell. Thread-safe.
Scanned scan_rows(std::string_view text, const std::vector<WireField>& fields, Table& rows);

}  // namespace uhuru::io
