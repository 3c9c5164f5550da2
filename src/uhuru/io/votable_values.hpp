// The values of TABLEDATA cells, from text.
#pragma once

#include <optional>
#include <string_view>

#include "uhuru/io/binary_rows.hpp"

namespace uhuru {

/// Reads one whole number as TABLEDATA writes it, decimal or 0x….
std::optional<long long> parse_cell_int(std::string_view text);

/// Adds the cell that the text of a TD stands for: blanks around numbers do not count, an empty
/// text and the null marker are missing. Throws Error (input), without a place, for a text that is
/// no value of the column and for an array of the wrong size; the column is then as it was.
void append_cell(std::string_view text, const WireField& wire, Column& column);

}  // namespace uhuru
