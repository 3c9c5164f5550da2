// Parses the values of TABLEDATA cells.
#pragma once

#include <optional>
#include <string_view>

#include "uhuru/io/binary_rows.hpp"

namespace uhuru {

/// Parses an integer as in TABLEDATA, decimal or 0x….
std::optional<long long> parse_cell_int(std::string_view text);

/// Appends the cell given by the text of a TD: blanks around numbers are ignored; empty text and
/// the null value are missing. Throws Error (input), without a place, for an invalid value or an
/// array of the wrong size; the column is then unchanged.
void append_cell(std::string_view text, const WireField& wire, Column& column);

}  // namespace uhuru
