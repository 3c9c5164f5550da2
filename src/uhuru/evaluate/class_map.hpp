// How another catalog calls its columns and the classes of a recipe.
#pragma once

#include <map>
#include <string>

#include "uhuru/features/recipe.hpp"

namespace uhuru {

/// What the labels of a map are: classes of the recipe, or its groups.
enum class MapLevel { classes, groups };

struct ClassMap {
  std::string name, description;
  MapLevel level = MapLevel::groups;
  std::string name_column, ra_column, dec_column;  // empty where the catalog has none
  std::string class_column;
  std::map<std::string, std::string> labels;  // of each of its classes that is compared
};

/// Reads a map, a TOML text with name, description, level ("groups" unless said), [columns] and
/// [classes]: their class = a class of the recipe or, with the level groups, a group or a class
/// that stands for its group. `name` stands in error messages. Throws Error (input) with the line:
/// see TomlSection; also for what is no class or group of the recipe, or a map of no class.
ClassMap parse_class_map(const std::string& text, const std::string& name, const Recipe& recipe);

/// A built-in map by its name ("muwclass") or one from a file. Throws Error (input) where there is
/// neither.
ClassMap load_class_map(const std::string& name_or_path, const Recipe& recipe);

}  // namespace uhuru
