// The tables that the commands write with a recipe.
#pragma once

#include <string>
#include <vector>

#include "uhuru/recipe/recipe.hpp"
#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::study {

/// A table without rows, and where it is written.
struct ListedTable {
  std::string name;  // "sources", "catalog.sqlite: sources"
  std::string what;  // "`run`, `vote`, `predict --vote`: one row for each source"
  Table columns;
};

/// The tables of run, predict, vote, validate, select and compare with all columns that they can
/// have, for detections that have all that the recipe names. Thread-safe.
std::vector<ListedTable> tables_of_recipe(const recipe::Recipe& recipe);

/// They as a table with one row for each column: table_name, written_by, column_name, datatype,
/// unit, ucd, description.
Table column_list(const recipe::Recipe& recipe);

}  // namespace uhuru::study
#pragma GCC visibility pop
