// The recipe with which a table that already has classes is shown.
#pragma once

#include <string>
#include <vector>

#include "uhuru/recipe/recipe.hpp"
#include "uhuru/table/table.hpp"
#include "uhuru/tables/found_classes.hpp"

namespace uhuru::tables {

/// What a table with classes contains, in the words of a recipe.
struct TableRecipe {
  /// With the features that the table has, positions and observations if it has them, and all other
  /// columns carried along. Without text if it was made from the table.
  recipe::Recipe recipe;
  FoundClasses classes;
  /// The table's columns; empty if it lacks them. Their names in the recipe may differ.
  std::string name, observation, ra, dec, label;
  std::vector<std::string> notes;
};

/// Describes a table. `wanted`: a recipe to take; nullptr: the built-in one of whose classes the
/// table has all columns, with the most features; otherwise one is made from the table: its names,
/// positions and numbers are found as propose_recipe does. Throws Error (input): see find_classes.
TableRecipe recipe_of_table(const Table& table, const std::string& class_column,
                            const recipe::Recipe* wanted);

}  // namespace uhuru::tables
