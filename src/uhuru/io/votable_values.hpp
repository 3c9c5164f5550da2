// Parses the values of TABLEDATA cells.
#pragma once

#include <optional>
#include <string_view>

#include "uhuru/io/binary_rows.hpp"

namespace uhuru::io {

/// Parses an integer as in TABLEDATA, decimal or 0x….
std::optional<long long> parse_cell_int(std::string_view text);

/// Appends the cell given by the text of a TD: blanks around numbers are ignored; empty text and
/// the null value are missing.
///
/// False if the text is not a value of the column: elements of an array that are not are missing if
/// the column can mark them; otherwise, and if their number is wrong, the cell is.
bool append_cell(std::string_view text, const WireField& wire, Column& column);

}  // namespace uhuru::io
