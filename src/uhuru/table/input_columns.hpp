// Columns of a table that a user gives, by the names in a recipe or an option.
#pragma once

#include <string_view>

#include "uhuru/table/table.hpp"

namespace uhuru {

/// Like Table::find, but throws Error (input) also if a second name is the same but for case: in a
/// table from elsewhere, whose case may mean nothing, a wrong choice would not be noticed.
const Column* find_input_column(const Table& table, std::string_view name);
/// The same, but throws Error (input) with the nearest names if there is no such column.
const Column& input_column(const Table& table, std::string_view name);

}  // namespace uhuru
