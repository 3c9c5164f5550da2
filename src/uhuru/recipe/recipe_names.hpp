// Checks of the names in a recipe that has been read.
#pragma once

#include "uhuru/base/toml_section.hpp"
#include "uhuru/recipe/recipe.hpp"

namespace uhuru::recipe {

/// Notes keys of other_names that are no column of the recipe. `root`: of its file.
void check_other_names(const TomlSection& root, const Recipe& recipe);

/// Notes names that two columns of one output table would share: of clusters.csv, and of the tables
/// of detections and sources with their classes.
void check_output_names(const TomlSection& root, const Recipe& recipe);

}  // namespace uhuru::recipe
