#include "uhuru/recipe/recipe_names.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/column_names.hpp"
#include "uhuru/recipe/expression.hpp"

namespace uhuru::recipe {
namespace {

/// The columns that a recipe reads, under the names that it gives them.
std::vector<std::string> names_of_columns(const Recipe& recipe) {
  std::vector<std::string> names = {
      recipe.name_column,       recipe.observation_column,      recipe.ra_column,
      recipe.dec_column,        recipe.interval_column,         recipe.region_column,
      recipe.match_column,      recipe.labels.name_column,      recipe.labels.ra_column,
      recipe.labels.dec_column, recipe.labels.separation_column};
  const auto add = [&](const std::vector<std::string>& more) {
    names.insert(names.end(), more.begin(), more.end());
  };
  const auto add_read = [&](const std::string& text) {
    try {
      if (!text.empty()) add(Expression(text).columns());
    } catch (const Error&) {
      // It has been noted.
    }
  };
  add(recipe.labels.type_columns);
  for (const CarriedColumn& column : recipe.mission.carried) add({column.name});
  for (const Feature& feature : recipe.features) {
    add({feature.name, feature.lower, feature.upper});
    add_read(feature.expression);
    add_read(feature.error);
  }
  for (const std::string& condition : recipe.selection) add_read(condition);
  return names;
}

}  // namespace

void check_other_names(const TomlSection& root, const Recipe& recipe) {
  const auto names = names_of_columns(recipe);
  const toml::table* columns = root.table()["columns"].as_table();
  for (const auto& [name, others] : recipe.other_names)
    if (std::none_of(names.begin(), names.end(), [&, wanted = name](const std::string& known) {
          return same_but_case(known, wanted);
        }))
      root.note((*columns)["other_names"].node(),
                "other names for a column that the recipe does not use",
                "a column of the recipe" + did_you_mean(name, names), in_quotes(name));
}

void check_output_names(const TomlSection& root, const Recipe& recipe) {
  using Names = std::vector<std::pair<std::string, const char*>>;
  const auto check = [&](const Names& names) {
    for (auto name = names.begin(); name != names.end(); ++name)
      for (auto other = names.begin(); other != name && !name->first.empty(); ++other)
        if (same_but_case(name->first, other->first))
          root.note(
              nullptr, "two columns of an output table would have the same name",
              "another name for " + std::string(name->second),
              fmt::format("{}, {} and {}", in_quotes(name->first), other->second, name->second));
  };
  Names identity = {{recipe.name_column, "the name"},
                    {recipe.observation_column, "the observation"},
                    {recipe.ra_column, "the right ascension"},
                    {recipe.dec_column, "the declination"}};
  Names features;
  for (const Feature& feature : recipe.features) features.emplace_back(feature.name, "a feature");
  constexpr const char* ours = "a column of uhuru's";
  const auto with = [&](Names names, std::initializer_list<const char*> reserved) {
    for (const char* name : reserved) names.emplace_back(name, ours);
    return names;
  };
  Names clusters =
      with(identity, {"cluster", "log_density", "density_percentile", "tail_probability"});
  clusters.emplace_back(recipe.labels.type_column, "the label");
  clusters.insert(clusters.end(), features.begin(), features.end());
  check(clusters);
  // A carried column may be one of those, but not one of ours.
  for (const CarriedColumn& column : recipe.mission.carried)
    for (const auto& [name, what] : clusters)
      if (what == ours && same_but_case(name, column.name))
        check({{name, ours}, {column.name, "a carried column"}});
  Names groups, classes, published;
  for (const std::string& name : group_columns(recipe)) groups.emplace_back(name, "a group");
  for (const std::string& name : class_columns(recipe)) classes.emplace_back(name, "a class");
  for (const std::string& name : recipe.classes) published.emplace_back(name, "a class");
  // Two tables: one has the names that were published, the other ours.
  Names detections =
      with(groups, {"main_type", class_column, group_column, "cluster", "p_known",
                    "features_missing", "log_density", "density_percentile", "tail_probability"});
  for (const Names* more : {&features, &identity, &published, &classes})
    detections.insert(detections.end(), more->begin(), more->end());
  check(detections);
  Names sources = with(groups, {class_column, group_column, "detection_count", "probability",
                                "group_probability", "hard_class", "standing", "label", "p_known",
                                "log_density", "density_percentile", "tail_probability"});
  identity.erase(identity.begin() + 1);  // sources have no observation
  sources.insert(sources.end(), identity.begin(), identity.end());
  sources.insert(sources.end(), classes.begin(), classes.end());
  check(sources);
}

}  // namespace uhuru::recipe
