// A recipe proposed from a table.
#pragma once

#include <string>

#include "uhuru/base/progress.hpp"
#include "uhuru/io/table_io.hpp"

#pragma GCC visibility push(default)
namespace uhuru::recipe {

/// The text of a recipe for a table: columns found by name, UCD and unit, ranges, transforms,
/// errors and marks of missing values from the values, classes from a column of labels. What it
/// leaves out and what to decide stands in comments. It is a valid recipe if the table has a column
/// of names, a feature and two classes; otherwise its comments say what is missing. `name`: of the
/// recipe. `label_column`: empty to look for one. Reads the whole table, keeping at most a few
/// thousand values of each column. Throws Error (input) if the table cannot be read or has no such
/// column.
std::string propose_recipe(io::TableReader& reader, const std::string& name,
                           const std::string& label_column = {}, const Progress& progress = {});

}  // namespace uhuru::recipe
#pragma GCC visibility pop
