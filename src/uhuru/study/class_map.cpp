#include "uhuru/study/class_map.hpp"

#include <algorithm>

#include "uhuru/base/text.hpp"
#include "uhuru/base/toml_section.hpp"
#include "uhuru/io/named_text.hpp"

namespace uhuru::study {
namespace {

MapLevel read_level(TomlSection& root) {
  const std::string level = root.text("level", false);
  if (level == "classes") return MapLevel::classes;
  if (level != "groups" && root.table().contains("level"))
    root.note(root.table().get("level"), "unknown level in the map", "groups or classes",
              in_quotes(level));
  return MapLevel::groups;
}

/// The class or group named by a value of [classes]; "" if it names none.
std::string label_of(const std::string& value, const ClassMap& map, const recipe::Recipe& recipe) {
  const auto id = recipe.find_class(value);
  if (map.level == MapLevel::classes) return id ? value : "";
  for (size_t i = 0; i < recipe.groups.size(); ++i)
    if (recipe.groups[i] == value) return map.groups[i];
  return id ? map.groups[number_of(*id)] : "";
}

/// Merges groups that are one in the other catalog.
void read_together(TomlSection section, const recipe::Recipe& recipe, ClassMap& map) {
  map.groups = recipe.groups;
  const auto known = recipe.group_names();
  for (const auto& [key, node] : section.table()) {
    const std::string group(key.str());
    const std::string value = section.text(key.str());
    for (const std::string& name : {group, value})
      if (std::find(known.begin(), known.end(), name) == known.end())
        section.note(&node, "unknown group in the map",
                     "one of " + join(known, ", ") + did_you_mean(name, known), in_quotes(name));
    std::replace(map.groups.begin(), map.groups.end(), group, value);
  }
}

void read_classes(TomlSection section, const recipe::Recipe& recipe, ClassMap& map) {
  std::vector<std::string> known = recipe.classes;
  if (map.level == MapLevel::groups)
    for (const std::string& group : recipe.groups)
      if (std::find(known.begin(), known.end(), group) == known.end()) known.push_back(group);
  for (const auto& [key, node] : section.table()) {
    const std::string value = section.text(key.str());
    const std::string label = label_of(value, map, recipe);
    if (label.empty() && node.is_string())
      section.note(&node, "unknown class in the map",
                   "one of " + join(known, ", ") + did_you_mean(value, known), in_quotes(value));
    map.labels[std::string(key.str())] = label;
  }
  if (map.labels.empty())
    section.note(nullptr, "the map has no classes", "classes of the catalog and their equivalents");
}

}  // namespace

ClassMap parse_class_map(const std::string& text, const std::string& name,
                         const recipe::Recipe& recipe) {
  const TomlFile file = parse_toml(text, name, "map");
  TomlSection root(file);
  ClassMap map;
  map.name = root.text("name");
  map.description = root.text("description", false);
  map.level = read_level(root);
  TomlSection columns = root.section("columns");
  map.name_column = columns.text("name", false);
  map.ra_column = columns.text("ra", false);
  map.dec_column = columns.text("dec", false);
  map.class_column = columns.text("class");
  columns.finish();
  read_together(root.section("together", false), recipe, map);
  read_classes(root.section("classes"), recipe, map);
  root.finish();
  file.check();
  return map;
}

ClassMap load_class_map(const std::string& name_or_path, const recipe::Recipe& recipe) {
  return parse_class_map(io::load_named_text(name_or_path, "maps", "map"), name_or_path, recipe);
}

}  // namespace uhuru::study
