#include "uhuru/recipe/recipe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/base/toml_section.hpp"
#include "uhuru/io/named_text.hpp"
#include "uhuru/recipe/expression.hpp"

namespace uhuru::recipe {
namespace {

constexpr std::pair<method::Transform, std::string_view> transforms[] = {
    {method::Transform::identity, "identity"},
    {method::Transform::minmax, "minmax"},
    {method::Transform::log_minmax, "log-minmax"}};

constexpr std::pair<method::Method, std::string_view> methods[] = {
    {method::Method::mahalanobis, "mahalanobis"}, {method::Method::bayes, "bayes"}};

using Section = TomlSection;

void check_expression(const Section& section, const toml::node* node, const std::string& text,
                      const Expression::Functions& functions) {
  try {
    const Expression checked(text, functions);
  } catch (const Error& error) {
    section.fail(node, error.message(), error.expected(), error.found());
  }
}

/// A validated expression.
std::string expression(Section& section, std::string_view key, bool required,
                       const Expression::Functions& functions = {}) {
  std::string result = section.text(key, required);
  if (!result.empty()) check_expression(section, section.table().get(key), result, functions);
  return result;
}

bool flag(Section& section, std::string_view key) {
  const toml::node* node = section.get(key, false);
  if (node && !node->is_boolean())
    section.fail(node, "a value of the wrong type in the recipe", "true or false");
  return node && node->as_boolean()->get();
}

/// Conditions: "sig > 5", or {condition = "sig > 5", optional = true}.
void read_selection(Section& root, Recipe& recipe) {
  const toml::node* node = root.get("selection", false);
  if (!node) return;
  const auto fail = [&](const toml::node* at) {
    root.fail(at, "a value of the wrong type in the recipe",
              "a list of conditions: \"sig > 5\", or {condition = \"sig > 5\", optional = true}");
  };
  if (!node->is_array()) fail(node);
  for (const toml::node& entry : *node->as_array()) {
    const toml::table* table = entry.as_table();
    const toml::node* condition = table ? table->get("condition") : &entry;
    const toml::node* optional = table ? table->get("optional") : nullptr;
    if (!condition || !condition->is_string() || (optional && !optional->is_boolean()) ||
        (table && table->size() != (optional ? 2U : 1U)))
      fail(&entry);
    recipe.selection.push_back(condition->as_string()->get());
    check_expression(root, &entry, recipe.selection.back(), {});
    if (optional && optional->as_boolean()->get())
      recipe.optional_selection.push_back(recipe.selection.back());
  }
}

/// What a feature is computed from.
void read_source(Section& section, Feature& feature) {
  feature.expression = expression(section, "expression", false);
  if (!feature.expression.empty()) {
    const Expression parsed(feature.expression);
    for (const std::string& name : parsed.variables())
      if (same_but_case(name, feature.name))
        section.fail(section.table().get("expression"), "an expression uses its feature's own name",
                     "a name that no input column has, such as " + feature.name +
                         "_scaled: a column with the feature's name is taken as it is",
                     in_quotes(feature.expression));
  }
  const std::string prefer = section.text("prefer", false);
  if (prefer.empty()) return;
  if (prefer != "column" && prefer != "expression")
    section.fail(section.table().get("prefer"), "unknown preference", "column or expression",
                 in_quotes(prefer));
  feature.prefer = prefer == "column" ? FeatureSource::column : FeatureSource::expression;
}

/// Which values of a feature are values.
void read_values(Section& section, Feature& feature) {
  const auto range = section.numbers("range");
  if (!range.empty()) {
    if (range.size() != 2 || !(range[0] < range[1]))
      section.fail(section.table().get("range"), "invalid range", "[least, greatest]");
    feature.range = {range[0], range[1]};
  }
  feature.missing = section.numbers("missing");
}

void read_features(Section& root, Recipe& recipe) {
  for (Section& section : root.sections("features", true)) {
    Feature feature;
    feature.name = section.text("name");
    const std::string transform = section.text("transform");
    try {
      feature.transform = transform_from_name(transform);
    } catch (const Error& error) {
      section.fail(section.table().get("transform"), error.message(), error.expected(),
                   error.found());
    }
    feature.kind = section.text("kind", false);
    if (feature.kind.empty()) feature.kind = feature.name;
    read_source(section, feature);
    read_values(section, feature);
    feature.unit = section.text("unit", false);
    feature.ucd = section.text("ucd", false);
    feature.description = section.text("description", false);
    feature.lower = section.text("lower", false);
    feature.upper = section.text("upper", false);
    if (feature.lower.empty() != feature.upper.empty())
      section.fail(section.table().get("name"), "a feature has only one confidence limit",
                   "both lower and upper, or neither", feature.name);
    feature.limits_optional = flag(section, "limits_optional");
    section.finish();
    const auto names = recipe.feature_names();
    if (std::find(names.begin(), names.end(), feature.name) != names.end())
      section.fail(section.table().get("name"), "duplicate feature in the recipe",
                   "each feature once", feature.name);
    recipe.features.push_back(std::move(feature));
  }
  constexpr size_t most = 64;
  if (recipe.features.empty() || recipe.features.size() > most)
    root.fail(root.get("features", true), "wrong number of features in the recipe",
              "1 to 64 features", fmt::format("{}", recipe.features.size()));
}

void read_classes(Section section, Recipe& recipe) {
  recipe.classes = section.texts("names");
  recipe.min_members = static_cast<size_t>(section.integer("min_members", 12, 2, 1000000));
  if (const std::string method = section.text("method", false); !method.empty()) {
    try {
      recipe.method = method_from_name(method);
    } catch (const Error& error) {
      section.fail(section.table().get("method"), error.message(), error.expected(), error.found());
    }
  }
  std::set<std::string> seen;
  for (const std::string& name : recipe.classes)
    if (name.empty() || !seen.insert(name).second)
      section.fail(section.table().get("names"), "duplicate or unnamed class in the recipe",
                   "unique, non-empty names", in_quotes(name));
  if (recipe.classes.size() < 2)
    section.fail(section.table().get("names"), "too few classes in the recipe", "two or more");
  Section groups = section.section("groups");
  for (const std::string& name : recipe.classes) recipe.groups.push_back(groups.text(name));
  groups.finish();
  section.finish();
}

void read_missing(Section& root, Recipe& recipe) {
  if (const std::string word = root.text("missing", false); word == "integrate")
    recipe.missing = method::Missing::integrate;
  else if (word == "drop")
    recipe.missing = method::Missing::drop;
  else if (!word.empty())
    root.fail(root.table().get("missing"), "unknown treatment of missing values",
              "drop or integrate", in_quotes(word));
  recipe.missing_informs = flag(root, "missing_informs");
}

void read_bayes(Section section, method::BayesSettings& bayes) {
  const auto whole = [&](const char* key, auto& value, int64_t least, int64_t most) {
    value = static_cast<std::decay_t<decltype(value)>>(
        section.integer(key, static_cast<int64_t>(value), least, most));
  };
  whole("replicates", bayes.replicates, 2, 1000);
  whole("trees", bayes.trees, 1, 1000);
  whole("tree_rows", bayes.tree_rows, 1, 1000000);
  whole("tree_features", bayes.tree_features, 0, 64);
  bayes.source_exponent = section.number("source_exponent", bayes.source_exponent, 0, 1);
  bayes.mean_members = section.number("mean_members", bayes.mean_members, 1e-3, 1e9);
  bayes.covariance_members =
      section.number("covariance_members", bayes.covariance_members, 1e-3, 1e9);
  bayes.cluster_members = section.number("cluster_members", bayes.cluster_members, 1e-3, 1e9);
  section.finish();
}

void read_labels(Section section, Recipe& recipe) {
  LabelSettings& labels = recipe.labels;
  labels.name_column = section.text("name");
  labels.ra_column = section.text("ra");
  labels.dec_column = section.text("dec");
  const toml::node* type = section.get("type", true);
  labels.type_columns =
      type->is_array() ? section.texts("type") : std::vector<std::string>{section.text("type")};
  if (labels.type_columns.empty())
    section.fail(type, "no label column in the recipe", "one or more names of columns");
  labels.type_column = labels.type_columns[0];
  labels.separation_column = section.text("separation");
  labels.radius_arcsec = section.number("radius_arcsec", 1.0, 0, 3600);
  labels.ambiguous = section.texts("ambiguous", false);
  labels.aliases = section.text_map("aliases");
  for (const std::string& label : labels.ambiguous)
    if (recipe.find_class(label))
      section.fail(section.table().get("ambiguous"), "a class is also an ambiguous label",
                   "one or the other", label);
  section.finish();
}

void read_simulation(Section section, Recipe& recipe) {
  SimulationSettings& simulation = recipe.simulation;
  simulation.labelled = section.number("labelled", 0.35, 0, 1);
  simulation.name_prefix = section.text("name_prefix", false);
  if (const auto parts = section.numbers("detections"); !parts.empty()) {
    double sum = 0;
    for (const double part : parts) sum += part >= 0 ? part : std::nan("");
    if (parts.size() != 4 || !(std::abs(sum - 1) < 1e-9))
      section.fail(section.table().get("detections"), "invalid fractions",
                   "four numbers that sum to 1");
    simulation.detections = parts;
  }
  const auto zero = [] { return 0.0; };
  for (Section& column : section.sections("columns", false)) {
    simulation.columns.push_back(
        {column.text("name"), column.text("unit", false),
         expression(column, "expression", true, {{"normal", zero}, {"uniform", zero}})});
    column.finish();
  }
  for (Section& missing : section.sections("missing", false)) {
    simulation.missing.push_back({missing.texts("columns"), missing.number("fraction", 0, 0, 1)});
    missing.finish();
  }
  for (Section& entry : section.sections("fields", false)) {
    SimulatedField field;
    field.name = entry.text("name");
    field.ra_deg = entry.number("ra", 0, 0, 360);
    field.dec_deg = entry.number("dec", 0, -90, 90);
    field.radius_deg = entry.number("radius_deg", 180, 0, 180);
    field.weight = entry.number("weight", 1, 0, 1e9);
    field.classes = entry.texts("classes");
    for (const std::string& name : field.classes)
      if (!recipe.find_class(name))
        entry.fail(entry.table().get("classes"), "unknown class in the recipe",
                   "one of " + join(recipe.classes, ", ") + did_you_mean(name, recipe.classes),
                   in_quotes(name));
    entry.finish();
    simulation.fields.push_back(std::move(field));
  }
  section.finish();
}

}  // namespace

std::string_view transform_name(method::Transform transform) {
  for (const auto& [value, name] : transforms)
    if (value == transform) return name;
  return "";
}

method::Transform transform_from_name(std::string_view name) {
  for (const auto& [value, known] : transforms)
    if (known == name) return value;
  throw input_error("unknown transform", "", "identity, minmax or log-minmax", in_quotes(name));
}

std::string_view method_name(method::Method method) {
  for (const auto& [value, name] : methods)
    if (value == method) return name;
  return "";
}

method::Method method_from_name(std::string_view name) {
  for (const auto& [value, known] : methods)
    if (known == name) return value;
  throw input_error("unknown method", "", "mahalanobis or bayes", in_quotes(name));
}

const std::string& Recipe::label(const std::string& given) const {
  const auto found = labels.aliases.find(given);
  return found == labels.aliases.end() ? given : found->second;
}

bool Recipe::is_ambiguous(const std::string& given) const {
  return std::find(labels.ambiguous.begin(), labels.ambiguous.end(), given) !=
         labels.ambiguous.end();
}

bool Recipe::is_optional(const std::string& condition) const {
  return std::find(optional_selection.begin(), optional_selection.end(), condition) !=
         optional_selection.end();
}

std::optional<method::ClassId> Recipe::find_class(std::string_view given) const {
  const auto found = std::find(classes.begin(), classes.end(), given);
  if (found == classes.end()) return std::nullopt;
  return method::ClassId(found - classes.begin());
}

std::vector<std::string> Recipe::feature_names() const {
  std::vector<std::string> names;
  for (const Feature& feature : features) names.push_back(feature.name);
  return names;
}

std::vector<std::string> Recipe::group_names() const {
  std::vector<std::string> names;
  for (const std::string& group : groups)
    if (std::find(names.begin(), names.end(), group) == names.end()) names.push_back(group);
  return names;
}

std::vector<size_t> Recipe::group_places() const {
  const auto names = group_names();
  std::vector<size_t> places;
  for (const std::string& group : groups)
    places.push_back(
        static_cast<size_t>(std::find(names.begin(), names.end(), group) - names.begin()));
  return places;
}

bool Recipe::integrates() const {
  return missing ? *missing == method::Missing::integrate : method == method::Method::bayes;
}

method::Settings Recipe::method_settings() const {
  method::Settings settings;
  for (const Feature& feature : features)
    settings.features.push_back({feature.name, feature.transform});
  settings.classes = classes;
  settings.groups = group_places();
  settings.method = method;
  settings.missing = integrates() ? method::Missing::integrate : method::Missing::drop;
  settings.missing_informs = missing_informs;
  settings.min_members = min_members;
  settings.mixture = mixture;
  settings.bayes = bayes;
  return settings;
}

Recipe parse_recipe(const std::string& text, const std::string& name) {
  const TomlFile file = parse_toml(text, name, "recipe");
  Recipe recipe;
  recipe.text = text;
  Section root(file);
  recipe.name = root.text("name");
  recipe.description = root.text("description", false);
  read_selection(root, recipe);
  read_missing(root, recipe);
  Section columns = root.section("columns");
  recipe.name_column = columns.text("name");
  recipe.observation_column = columns.text("observation");
  recipe.ra_column = columns.text("ra");
  recipe.dec_column = columns.text("dec");
  recipe.interval_column = columns.text("interval", false);
  recipe.region_column = columns.text("region", false);
  recipe.match_column = columns.text("match", false);
  recipe.match_order = columns.texts("match_order", false);
  columns.finish();
  read_features(root, recipe);
  Section mixture = root.section("mixture", false);
  const method::MixtureSettings defaults;
  recipe.mixture.components =
      static_cast<int>(mixture.integer("components", defaults.components, 1, 1000));
  recipe.mixture.seed =
      static_cast<uint32_t>(mixture.integer("seed", defaults.seed, 0, 4294967295));
  recipe.mixture.covariance_floor =
      mixture.number("covariance_floor", defaults.covariance_floor, 0, 1);
  recipe.mixture.tolerance = mixture.number("tolerance", defaults.tolerance, 0, 1e6);
  recipe.mixture.max_iterations =
      static_cast<int>(mixture.integer("max_iterations", defaults.max_iterations, 1, 1000000));
  mixture.finish();
  read_classes(root.section("classes"), recipe);
  read_bayes(root.section("bayes", false), recipe.bayes);
  read_labels(root.section("labels"), recipe);
  read_simulation(root.section("simulate", false), recipe);
  root.finish();
  return recipe;
}

Field Feature::field() const {
  std::string text = description.empty() ? "Feature" : description;
  if (!expression.empty()) text += ", " + expression;
  Field field = make_field(name, Type::float64, std::move(text));
  field.unit = unit;
  field.ucd = ucd;
  return field;
}

Recipe load_recipe(const std::string& name_or_path) {
  return parse_recipe(io::load_named_text(name_or_path, "recipes", "recipe"), name_or_path);
}

}  // namespace uhuru::recipe
