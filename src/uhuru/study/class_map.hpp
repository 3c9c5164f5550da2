// How another catalog names its columns, and the classes of a recipe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "uhuru/recipe/recipe.hpp"

#pragma GCC visibility push(default)
namespace uhuru::study {

/// Whether the labels of a map are classes of the recipe or its groups.
enum class MapLevel { classes, groups };

struct ClassMap {
  std::string name, description;
  MapLevel level = MapLevel::groups;
  std::string name_column, ra_column, dec_column;  // empty if the catalog has none
  std::string class_column;
  std::map<std::string, std::string> labels;  // for each of its classes that is compared
  std::vector<std::string>
      groups;  // for each class of the recipe, after merging those that are one there
};

/// Parses a map, a TOML text with name, description, level ("groups" by default), [columns],
/// [together]: a group of the recipe = another group to merge it with, and [classes]: their class =
/// a class of the recipe or, with the level groups, a group or a class that stands for its group.
/// `name` is used in error messages. Throws Error (input) with the line: see TomlSection; also for
/// an unknown class or group of the recipe, or a map without classes.
ClassMap parse_class_map(const std::string& text, const std::string& name,
                         const recipe::Recipe& recipe);

/// A built-in map by name ("muwclass") or a map from a file. Throws Error (input) if neither
/// exists.
ClassMap load_class_map(const std::string& name_or_path, const recipe::Recipe& recipe);

}  // namespace uhuru::study
#pragma GCC visibility pop
