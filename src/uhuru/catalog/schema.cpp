#include "uhuru/catalog/schema.hpp"

#include <fmt/format.h>

#include <set>

#include "uhuru/base/text.hpp"
#include "uhuru/recipe/column_names.hpp"
#include "uhuru/recipe/columns.hpp"
#include "uhuru/tables/result_fields.hpp"

namespace uhuru::catalog {
namespace {

/// The name, without control characters and distinct from all others but for case.
std::string unused_name(const std::string& name, std::set<std::string>& taken) {
  std::string base;
  for (const char c : name) base += static_cast<unsigned char>(c) < ' ' ? '_' : c;
  if (base.empty()) base = "column";
  std::string result = base;
  for (int number = 2; !taken.insert(lower(result)).second; ++number)
    result = fmt::format("{}_{}", base, number);
  return result;
}

/// Adds columns under names that are distinct in SQLite, which ignores case.
class ColumnList {
 public:
  explicit ColumnList(std::vector<std::string> keys) : taken_(keys.begin(), keys.end()) {}

  void add(const std::string& role, const std::string& name, Type type, int verbosity,
           const std::string& ucd, const std::string& description) {
    add(role, make_field(name, type, description, ucd), verbosity);
  }
  void add(const std::string& role, Field field, int verbosity, const std::string& of = {}) {
    std::string sql = unused_name(field.name, taken_);
    columns_.push_back({std::move(field), std::move(sql), role, verbosity, of, {}});
  }
  /// `of`: the class or group of each field.
  void add_all(const std::string& role, std::vector<Field> fields,
               const std::vector<std::string>& of, int verbosity) {
    for (size_t i = 0; i < fields.size(); ++i) add(role, std::move(fields[i]), verbosity, of[i]);
  }
  void add_probabilities(const recipe::Recipe& recipe) {
    add_all("probability of", tables::class_fields(recipe), recipe.classes, 2);
    add_all("probability of group", tables::group_fields(recipe), recipe.group_names(), 2);
  }
  void add_set(std::optional<double> coverage, const std::string& of) {
    if (!coverage) return;
    add("set", tables::set_field(*coverage), 2);
    Field p_known = tables::p_known_field();
    p_known.description += of;
    add("p_known", std::move(p_known), 2);
  }
  void add_features(const recipe::Recipe& recipe, const std::string& of) {
    for (const recipe::Feature& feature : recipe.features) {
      Field field = feature.field();
      if (!field.description.empty()) field.description += of;
      add("feature", std::move(field), 3);
    }
  }
  void add_position() {
    add("ra", "ra", Type::float64, 1, "pos.eq.ra;meta.main", "Right ascension, ICRS");
    columns_.back().field.unit = "deg";
    add("dec", "dec", Type::float64, 1, "pos.eq.dec;meta.main", "Declination, ICRS");
    columns_.back().field.unit = "deg";
  }
  void add_anomalies(const std::string& of) {
    for (Field& field : tables::anomaly_fields()) {
      const std::string role = field.name;
      field.description += of;
      add(role, std::move(field), 2);
    }
  }
  void add_carried(std::span<const Column* const> carried, const recipe::Recipe& recipe,
                   const std::string& of) {
    for (const Column* column : carried) {
      const std::string& name = column->field.name;
      const Field known = recipe::carried_field(column->field, name, recipe);
      Field field = make_field(name, carried_type(*column), known.description);
      if (!field.description.empty()) field.description += of;
      field.unit = known.unit;
      field.ucd = known.ucd;
      add("carried", std::move(field), 2);
    }
  }
  std::vector<CatalogColumn> take() {
    name_for_pages(columns_);
    return std::move(columns_);
  }

 private:
  std::set<std::string> taken_;
  std::vector<CatalogColumn> columns_;
};

}  // namespace

Type carried_type(const Column& column) {
  const Field& field = column.field;
  if (!field.is_scalar() || field.type == Type::text || field.type == Type::boolean)
    return Type::text;
  return is_integer(field.type) ? Type::int64 : Type::float64;
}

void name_for_pages(std::vector<CatalogColumn>& columns) {
  const auto name_of = [](const CatalogColumn& column) -> std::string {
    const std::string& role = column.role;
    if (role == "class" || role == "group") return role;
    if (role == "probability of") return column.of;
    if (role == "probability of group") return "group_" + column.of;
    if (role == "mean of") return column.of + recipe::mean_suffix;
    if (role == "deviation of") return column.of + recipe::deviation_suffix;
    return column.sql;
  };
  std::set<std::string> taken = {"id"};
  for (CatalogColumn& column : columns) column.page_name = unused_name(name_of(column), taken);
}

std::vector<CatalogColumn> described(std::vector<CatalogColumn> columns,
                                     const recipe::Recipe& recipe) {
  std::erase_if(columns, [&](const CatalogColumn& column) {
    return (!recipe.has_positions() && (column.role == "ra" || column.role == "dec")) ||
           (recipe.observation_column.empty() && column.role == "observation");
  });
  return columns;
}

std::vector<CatalogColumn> source_columns(const recipe::Recipe& recipe,
                                          std::optional<double> coverage,
                                          std::span<const Column* const> carried) {
  ColumnList list({"id", "first_detection"});
  list.add("name", "name", Type::text, 1, "meta.id;meta.main", "Name of the source");
  list.add_position();
  list.add("class", recipe::class_column, Type::text, 1, "src.class;meta.main",
           "Class from the soft vote, or from the label if it was used for learning");
  list.add("group", recipe::group_column, Type::text, 1, "src.class",
           "Most probable group, or that of the label if it was used for learning");
  list.add("probability", "probability", Type::float64, 1, "stat.probability",
           "Probability of the class from the soft vote");
  list.add("standing", tables::standing_field(), 2);
  list.add("agreement", "agreement", Type::text, 2, "meta.code.qual",
           "unique if soft and hard vote agree, else ambiguous");
  list.add("hard_class", "hard_class", Type::text, 2, "src.class",
           "Class that most detections have, the first met if tied");
  list.add("detections", "detections", Type::int64, 2, "meta.number", "Detections of the source");
  list.add("votes", "votes", Type::int64, 2, "meta.number", "Detections that have a class");
  list.add("label", tables::label_field("label"), 2);
  list.add("cluster", "cluster", Type::int64, 2, "meta.code.class",
           "Mixture component with the largest responsibility, for the first detection");
  list.add_probabilities(recipe);
  list.add_set(coverage, ", the mean of the detections");
  list.add_all("mean of", tables::mean_fields(recipe), recipe.classes, 3);
  list.add_all("deviation of", tables::deviation_fields(recipe), recipe.classes, 3);
  list.add_features(recipe, ", for the first detection");
  list.add_anomalies(", for the most unusual detection");
  list.add_carried(carried, recipe, ", for the first detection");
  return list.take();
}

std::vector<CatalogColumn> detection_columns(const recipe::Recipe& recipe,
                                             std::optional<double> coverage,
                                             bool whole_observations,
                                             std::span<const Column* const> carried) {
  ColumnList list({"id", "source"});
  list.add("name", "name", Type::text, 1, "meta.id;meta.main", "Name of the source");
  list.add("observation", "observation", whole_observations ? Type::int64 : Type::text, 1,
           "meta.id;obs", "Observation");
  list.add_position();
  list.add("class", recipe::class_column, Type::text, 1, "src.class;meta.main",
           "Most probable class, or that of the label if it was used for learning");
  list.add("standing", tables::standing_field(), 2);
  list.add("label", tables::label_field("label"), 2);
  list.add("cluster", tables::cluster_field(), 2);
  list.add_probabilities(recipe);
  list.add_set(coverage, "");
  list.add_features(recipe, "");
  list.add_anomalies("");
  list.add_carried(carried, recipe, "");
  return list.take();
}

}  // namespace uhuru::catalog
