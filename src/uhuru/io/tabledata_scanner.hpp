// The plain rows of a TABLEDATA, read without the XML parser: most files hold nothing else.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "uhuru/io/binary_rows.hpp"

namespace uhuru {

/// What scan_rows took of its text.
struct Scanned {
  size_t bytes = 0;
  size_t lines = 0;  // line ends among them
};

/// Adds the plain rows that `text` begins with to `rows` and stops before the first that is not
/// plain, or not whole: that one is for the XML parser, which knows all of XML and what to say of
/// an error.
///
/// A plain row is `<TR>`, one `<TD>…</TD>` or `<TD/>` for each of `fields`, `</TR>`, with white
/// space between the tags and printable ASCII without markup in the cells, whose values can be
/// read. So the bytes mean the same in every encoding that has ASCII in it. Values and missing
/// cells are those of append_cell. Thread-safe.
Scanned scan_rows(std::string_view text, const std::vector<WireField>& fields, Table& rows);

}  // namespace uhuru
