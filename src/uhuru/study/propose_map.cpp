#include "uhuru/study/propose_map.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/base/toml_section.hpp"
#include "uhuru/recipe/column_roles.hpp"

namespace uhuru::study {
namespace {

/// The recipe's class, or group, of the same name; "" if there is none.
std::string namesake(const std::string& their_class, const recipe::Recipe& recipe) {
  const std::string label = recipe.label(their_class);
  for (const auto& names : {recipe.classes, recipe.group_names()})
    for (const std::string& name : names)
      if (same_but_case(name, label)) return name;
  return {};
}

/// For each of their classes the counts of ours, of the rows that both tables have; `why_none` says
/// why there are none.
std::map<std::string, std::vector<size_t>> joined_classes(
    const Table& ours, const Table& theirs, ClassMap map, const recipe::Recipe& recipe,
    const CompareOptions& options, const Threads& threads, std::string& why_none) {
  map.level = MapLevel::classes;
  for (auto& [their_class, label] : map.labels) label = recipe.classes[0];
  try {
    return compare(ours, theirs, map, recipe, options, threads).cross;
  } catch (const Error& error) {
    why_none = error.what();
    return {};
  }
}

std::string counts_text(const std::vector<size_t>& counts, const recipe::Recipe& recipe) {
  std::vector<std::pair<size_t, std::string>> found;
  for (size_t c = 0; c < counts.size(); ++c)
    if (counts[c]) found.emplace_back(counts[c], recipe.classes[c]);
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> items;
  items.reserve(found.size());
  for (const auto& [count, label] : found)
    items.push_back(fmt::format("{} {}", shown(label, 40), with_commas(count)));
  return join(items, ", ");
}

}  // namespace

std::string propose_map(const Table& ours, const Table& theirs, const NewMap& new_map,
                        const recipe::Recipe& recipe, const CompareOptions& options,
                        const Threads& threads) {
  auto profiles = recipe::profiles(theirs);
  for (size_t c = 0; c < profiles.size(); ++c) profiles[c].look(theirs.columns[c]);
  const recipe::ColumnRoles roles = recipe::find_roles(profiles, new_map.class_column);
  if (!roles.label)
    throw input_error(
        "no column of classes was found", "their table",
        fmt::format("a column of text with 2 to {} classes", recipe::ColumnRoles::most_classes),
        join(theirs.column_names(), ", "));
  ClassMap map;
  map.groups = recipe.groups;
  const auto name_of = [&](const std::optional<size_t>& place) {
    return place ? theirs.columns[*place].field.name : std::string();
  };
  map.name_column = name_of(roles.source);
  map.ra_column = name_of(roles.ra);
  map.dec_column = name_of(roles.dec);
  map.class_column = name_of(roles.label);
  const auto& classes = profiles[*roles.label].values();
  for (const auto& [their_class, count] : classes) map.labels[their_class] = "";
  std::string why_none;
  const auto cross = joined_classes(ours, theirs, map, recipe, options, threads, why_none);

  std::string text = fmt::format(
      "# How another catalog calls its columns, and the classes of recipe {}. A class with a # is "
      "not\n# compared: give it a class or group of the recipe, or leave it out.\n\nname = {}\n"
      "description = \"\"\n\n# Whether the values of [classes] are \"groups\" of the recipe, where "
      "a class stands for its group, or\n# \"classes\".\nlevel = \"groups\"\n\n[columns]\n",
      recipe.name, toml_text(new_map.name));
  for (const auto& [key, column] :
       {std::pair("name", &map.name_column), std::pair("ra", &map.ra_column),
        std::pair("dec", &map.dec_column), std::pair("class", &map.class_column)})
    if (!column->empty()) text += fmt::format("{} = {}\n", key, toml_text(*column));
  text +=
      "\n# Groups of the recipe that are one in the other catalog.\n[together]\n\n[classes]\n# The "
      "recipe's classes: " +
      join(recipe.classes, ", ") + "; its groups: " + join(recipe.group_names(), ", ") + "\n";
  if (!why_none.empty()) text += "# No rows were compared: " + shown(why_none, 400) + "\n";
  for (const auto& [their_class, count] : classes) {
    const std::string same = namesake(their_class, recipe);
    text += fmt::format("{}{} = {}{}# {} rows", same.empty() ? "# " : "", toml_text(their_class),
                        toml_text(same), "   ", with_commas(count));
    if (const auto found = cross.find(their_class); found != cross.end())
      text += "; in our table " + counts_text(found->second, recipe);
    text += "\n";
  }
  return text;
}

}  // namespace uhuru::study
