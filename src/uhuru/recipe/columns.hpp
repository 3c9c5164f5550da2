// The columns of a table that a recipe names, under any of the names that it gives them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "uhuru/recipe/recipe.hpp"
#include "uhuru/sky/position_columns.hpp"
#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::recipe {

/// The column that the recipe calls `name`: the one of this name, in upper or lower case, else that
/// of the first of its other names (Recipe::other_names) which the table has; nullptr if there is
/// none, or if `name` is empty. Throws Error (input) as find_input_column. Thread-safe.
const Column* find_column(const Table& table, const Recipe& recipe, std::string_view name);
/// The same, but throws Error (input) with all names and the nearest ones if there is none.
const Column& required_column(const Table& table, const Recipe& recipe, std::string_view name);

/// The names of the columns of right ascension and declination as the table has them; those of the
/// recipe if it lacks them.
sky::PositionColumns position_columns(const Table& table, const Recipe& recipe);

/// The field of a column that is kept under the recipe's name; if it has no unit, UCD or
/// description, with those of [[carry]].
Field carried_field(Field field, const std::string& name, const Recipe& recipe);

/// "; the column F_x/F_o of the table stands in double quotes" if a text has the name of such a
/// column outside of quotes, which an expression reads as several columns.
std::string advice_on_quotes(const std::string& expression, const Table& table);

}  // namespace uhuru::recipe
#pragma GCC visibility pop
