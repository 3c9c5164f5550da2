#include "uhuru/tables/result_fields.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "uhuru/base/text.hpp"
#include "uhuru/recipe/column_names.hpp"
#include "uhuru/recipe/columns.hpp"

namespace uhuru::tables {
namespace {

Field probability_field(std::string name, std::string description) {
  return make_field(std::move(name), Type::float64, std::move(description), "stat.probability");
}

}  // namespace

Field identity_field(Field input, const std::string& name, const recipe::Recipe& recipe) {
  Field field = recipe::carried_field(std::move(input), name, recipe);
  Field ours;
  if (name == recipe.name_column)
    ours = make_field(name, Type::text, "Name of the source", "meta.id;meta.main");
  else if (name == recipe.observation_column)
    ours = make_field(name, Type::text, "Observation", "meta.id;obs");
  else if (name == recipe.ra_column)
    ours = make_field(name, Type::float64, "Right ascension, ICRS", "pos.eq.ra;meta.main");
  else
    ours = make_field(name, Type::float64, "Declination, ICRS", "pos.eq.dec;meta.main");
  if (field.ucd.empty()) field.ucd = ours.ucd;
  if (field.description.empty()) field.description = ours.description;
  if (ours.type == Type::float64 && field.unit.empty()) field.unit = "deg";
  return field;
}

Field class_field(const std::string& name, const std::string& description) {
  return make_field(name, Type::text, description, "src.class;meta.main");
}

Field group_field(const std::string& description) {
  return make_field(recipe::group_column, Type::text, description, "src.class");
}

Field label_field(const std::string& name) {
  return make_field(name, Type::text, "Label of the counterpart", "src.class");
}

Field cluster_field() {
  return make_field("cluster", Type::int64, "Mixture component with the largest responsibility",
                    "meta.code.class");
}

Field standing_field() {
  return make_field(
      "standing", Type::text,
      "classified, learned (its label was used for learning), other label, without class",
      "meta.code");
}

Field detection_count_field() {
  return make_field("detection_count", Type::int64, "Detections of the source that have a class",
                    "meta.number");
}

Field features_missing_field() {
  return make_field("features_missing", Type::int64,
                    "Number of missing features: marginalized by the method bayes, set to the "
                    "training median by mahalanobis",
                    "meta.number");
}

Field class_probability_field(const std::string& column, const std::string& class_name) {
  return probability_field(column, "Probability of class " + class_name);
}

std::vector<Field> class_fields(const recipe::Recipe& recipe) {
  std::vector<Field> fields;
  const auto names = recipe::class_columns(recipe);
  for (size_t c = 0; c < names.size(); ++c)
    fields.push_back(class_probability_field(names[c], recipe.classes[c]));
  return fields;
}

std::vector<Field> group_fields(const recipe::Recipe& recipe) {
  std::vector<Field> fields;
  const auto names = recipe::group_columns(recipe);
  const auto groups = recipe.group_names();
  for (size_t g = 0; g < names.size(); ++g)
    fields.push_back(probability_field(names[g], "Probability of group " + groups[g]));
  return fields;
}

std::vector<Field> mean_fields(const recipe::Recipe& recipe) {
  std::vector<Field> fields;
  const auto names = recipe::class_columns(recipe);
  for (size_t c = 0; c < names.size(); ++c)
    fields.push_back(
        make_field(names[c] + recipe::mean_suffix, Type::float64,
                   "Mean over the detections of the probability of class " + recipe.classes[c],
                   "stat.probability;stat.mean"));
  return fields;
}

std::vector<Field> deviation_fields(const recipe::Recipe& recipe) {
  std::vector<Field> fields;
  const auto names = recipe::class_columns(recipe);
  for (size_t c = 0; c < names.size(); ++c)
    fields.push_back(make_field(names[c] + recipe::deviation_suffix, Type::float64,
                                "Standard deviation over the detections of the probability of "
                                "class " +
                                    recipe.classes[c],
                                "stat.stdev;stat.probability"));
  return fields;
}

Field set_field(double coverage) {
  return make_field(
      fmt::format("set_{:g}", 100 * coverage), Type::text,
      fmt::format("Classes that hold the true one in {:g} % of the sources of each group",
                  100 * coverage),
      "src.class");
}

Field p_known_field() {
  return probability_field("p_known",
                           "p-value of belonging to a learned class: small for something else");
}

std::vector<Field> anomaly_fields() {
  return {make_field("log_density", Type::float64,
                     "Logarithm of the mixture density at the scaled features", "stat.likelihood"),
          make_field("density_percentile", Type::float64,
                     "Percentage of training detections with a smaller density", "stat.value"),
          probability_field("tail_probability",
                            "Probability of a larger Mahalanobis distance from the mixture")};
}

std::string note_of_old_names(const Table& table, const recipe::Recipe& recipe) {
  const auto has = [&](const std::string& name) {
    return std::any_of(table.columns.begin(), table.columns.end(),
                       [&](const Column& column) { return column.field.name == name; });
  };
  // Other tables may have a column of classes, and those of their probabilities.
  const auto groups = recipe.group_names();
  if (std::none_of(groups.begin(), groups.end(),
                   [&](const std::string& group) { return has("group_" + group); }))
    return {};
  const bool are_published = has("main_type");  // the names of the classes are
  std::vector<std::string> names;
  for (const auto& [name, old_name] : recipe::old_column_names(recipe)) {
    const bool is_of_class = recipe.find_class(old_name).has_value();
    if (has(old_name) && !has(name) && !(is_of_class && are_published))
      names.push_back(fmt::format("{} (now {})", shown(old_name, 40), name));
  }
  return names.empty()
             ? ""
             : "columns have names of version 0.1, which are deprecated: " + join(names, ", ");
}

const Column* find_ours(const Table& table, const std::string& name, const std::string& old_name) {
  const Column* column = table.find(name);
  return column ? column : table.find(old_name);
}

}  // namespace uhuru::tables
