#include "uhuru/catalog/schema.hpp"

#include <fmt/format.h>

#include <set>

#include "uhuru/base/text.hpp"
#include "uhuru/recipe/columns.hpp"
#include "uhuru/tables/tables.hpp"

namespace uhuru::catalog {
namespace {

/// Adds columns under names that are distinct in SQLite, which ignores case, and contain no control
/// characters.
class ColumnList {
 public:
  explicit ColumnList(std::vector<std::string> keys) : taken_(keys.begin(), keys.end()) {}

  CatalogColumn& add(const std::string& role, const std::string& name, Type type, int verbosity,
                     const std::string& ucd, const std::string& description) {
    Field field = make_field(name, type, description);
    field.ucd = ucd;
    return add(role, std::move(field), verbosity);
  }
  CatalogColumn& add(const std::string& role, Field field, int verbosity) {
    std::string sql = unused(field.name);
    columns_.push_back({std::move(field), std::move(sql), role, verbosity});
    return columns_.back();
  }
  void add_classes(const std::string& role, const recipe::Recipe& recipe, const std::string& suffix,
                   int verbosity, const std::string& ucd, const std::string& description) {
    for (const std::string& c : recipe.classes)
      add(role, c + suffix, Type::float64, verbosity, ucd, description + c);
  }
  void add_groups(const recipe::Recipe& recipe) {
    for (const std::string& group : recipe.group_names()) {
      Field field = tables::group_field(group);
      field.ucd = "stat.probability";
      add("probability of group", std::move(field), 2);
    }
  }
  void add_set(std::optional<double> coverage, const std::string& of) {
    if (!coverage) return;
    Field set = tables::set_field(*coverage);
    set.ucd = "src.class";
    add("set", std::move(set), 2);
    Field p_known = tables::p_known_field();
    p_known.ucd = "stat.probability";
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
    add("ra", "ra", Type::float64, 1, "pos.eq.ra;meta.main", "Right ascension, ICRS").field.unit =
        "deg";
    add("dec", "dec", Type::float64, 1, "pos.eq.dec;meta.main", "Declination, ICRS").field.unit =
        "deg";
  }
  void add_anomalies(const std::string& of) {
    add("log_density", "log_density", Type::float64, 2, "stat.likelihood",
        "Logarithm of the mixture density at the scaled features" + of);
    add("density_percentile", "density_percentile", Type::float64, 2, "stat.value",
        "Percentage of training detections with a smaller density" + of);
    add("tail_probability", "tail_probability", Type::float64, 2, "stat.probability",
        "Probability of a larger Mahalanobis distance from the mixture" + of);
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
  std::vector<CatalogColumn> take() { return std::move(columns_); }

 private:
  std::string unused(const std::string& name) {
    std::string base;
    for (const char c : name) base += static_cast<unsigned char>(c) < ' ' ? '_' : c;
    if (base.empty()) base = "column";
    std::string result = base;
    for (int number = 2; !taken_.insert(lower(result)).second; ++number)
      result = fmt::format("{}_{}", base, number);
    return result;
  }

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
  list.add("class", "class", Type::text, 1, "src.class",
           "Class from the soft vote, or from the label if it was used for learning");
  list.add("group", "group", Type::text, 1, "src.class",
           "Most probable group, or that of the label if it was used for learning");
  list.add("probability", "probability", Type::float64, 1, "stat.probability",
           "Probability of the class from the soft vote");
  list.add("standing", "standing", Type::text, 2, "meta.code",
           "classified, learned (its label was used for learning), other label, without class");
  list.add("agreement", "agreement", Type::text, 2, "meta.code.qual",
           "unique if soft and hard vote agree, else ambiguous");
  list.add("hard_class", "hard_class", Type::text, 2, "src.class",
           "Class that most detections have, the first met if tied");
  list.add("detections", "detections", Type::int64, 2, "meta.number", "Detections of the source");
  list.add("votes", "votes", Type::int64, 2, "meta.number", "Detections that have a class");
  list.add("label", "label", Type::text, 2, "src.class", "Label of the counterpart");
  list.add("cluster", "cluster", Type::int64, 2, "meta.code.class",
           "Mixture component with the largest responsibility, for the first detection");
  list.add_classes("probability of", recipe, "", 2, "stat.probability", "Probability of class ");
  list.add_groups(recipe);
  list.add_set(coverage, ", the mean of the detections");
  list.add_classes("mean of", recipe, "_mean", 3, "stat.probability;stat.mean",
                   "Mean over the detections of the probability of class ");
  list.add_classes("deviation of", recipe, "_std", 3, "stat.stdev;stat.probability",
                   "Standard deviation over the detections of the probability of class ");
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
  list.add("class", "class", Type::text, 1, "src.class",
           "Most probable class, or that of the label if it was used for learning");
  list.add("standing", "standing", Type::text, 2, "meta.code",
           "classified, learned (its label was used for learning), other label, without class");
  list.add("label", "label", Type::text, 2, "src.class", "Label of the counterpart");
  list.add("cluster", "cluster", Type::int64, 2, "meta.code.class",
           "Mixture component with the largest responsibility");
  list.add_classes("probability of", recipe, "", 2, "stat.probability", "Probability of class ");
  list.add_groups(recipe);
  list.add_set(coverage, "");
  list.add_features(recipe, "");
  list.add_anomalies("");
  list.add_carried(carried, recipe, "");
  return list.take();
}

}  // namespace uhuru::catalog
