#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/base/toml_section.hpp"
#include "uhuru/recipe/expression.hpp"
#include "uhuru/recipe/recipe.hpp"
#include "uhuru/recipe/recipe_names.hpp"

namespace uhuru::recipe {
namespace {

using Section = TomlSection;

/// Notes what is wrong with an expression; nothing if it is valid.
std::optional<Expression> checked(const Section& section, const toml::node* node,
                                  const std::string& text,
                                  const Expression::Functions& functions = {}) {
  try {
    return Expression(text, functions);
  } catch (const Error& error) {
    section.note(node, error.message(), error.expected(),
                 error.where().empty() ? error.found() : error.found() + ", " + error.where());
    return std::nullopt;
  }
}

/// A validated expression.
std::string expression(Section& section, std::string_view key, bool required,
                       const Expression::Functions& functions = {}) {
  std::string result = section.text(key, required);
  if (!result.empty()) checked(section, section.table().get(key), result, functions);
  return result;
}

/// "a, b or c"
std::string one_of(const std::vector<std::string>& names) {
  std::string result = names[0];
  for (size_t i = 1; i < names.size(); ++i)
    result += (i + 1 < names.size() ? ", " : " or ") + names[i];
  return result;
}

/// One of several words; `otherwise` if the key is absent or another word, which is noted.
template <class T>
T word(Section& section, std::string_view key, const char* what, const T& otherwise,
       const std::vector<std::pair<std::string, T>>& words) {
  const std::string text = section.text(key, false);
  if (text.empty()) return otherwise;
  std::vector<std::string> names;
  for (const auto& [name, value] : words) {
    if (name == text) return value;
    names.push_back(name);
  }
  section.note(section.table().get(key), std::string("unknown ") + what,
               one_of(names) + did_you_mean(text, names), in_quotes(text));
  return otherwise;
}

/// Conditions: "sig > 5", or {condition = "sig > 5", optional = true}.
void read_selection(Section& root, Recipe& recipe) {
  const toml::node* node = root.get("selection", false);
  if (!node) return;
  const auto wrong = [&](const toml::node* at) {
    root.note(at, "a value of the wrong type in the recipe",
              "a list of conditions: \"sig > 5\", or {condition = \"sig > 5\", optional = true}");
  };
  if (!node->is_array()) return wrong(node);
  for (const toml::node& entry : *node->as_array()) {
    const toml::table* table = entry.as_table();
    const toml::node* condition = table ? table->get("condition") : &entry;
    const toml::node* optional = table ? table->get("optional") : nullptr;
    if (!condition || !condition->is_string() || (optional && !optional->is_boolean()) ||
        (table && table->size() != (optional ? 2U : 1U))) {
      wrong(&entry);
      continue;
    }
    recipe.selection.push_back(condition->as_string()->get());
    checked(root, &entry, recipe.selection.back());
    if (optional && optional->as_boolean()->get())
      recipe.optional_selection.push_back(recipe.selection.back());
  }
}

void read_columns(Section columns, Recipe& recipe) {
  recipe.name_column = columns.text("name");
  recipe.mission.name_example = columns.text("name_example", false);
  recipe.observation_column = columns.text("observation", false);
  recipe.ra_column = columns.text("ra", false);
  recipe.dec_column = columns.text("dec", false);
  if (recipe.ra_column.empty() != recipe.dec_column.empty())
    columns.note(nullptr, "the recipe has only one coordinate of positions",
                 "both columns.ra and columns.dec, or neither");
  recipe.interval_column = columns.text("interval", false);
  recipe.region_column = columns.text("region", false);
  recipe.match_column = columns.text("match", false);
  recipe.match_order = columns.texts("match_order", false);
  Section others = columns.section("other_names", false);
  for (const auto& [name, node] : others.table()) {
    auto& names = recipe.other_names[std::string(name.str())];
    names = node.is_string() ? std::vector<std::string>{others.text(name.str())}
                             : others.texts(name.str());
  }
  others.finish();
  columns.finish();
}

/// What a feature is computed from.
void read_source(Section& section, Feature& feature) {
  const toml::node* node = section.get("expression", false);
  feature.expression = section.text("expression", false);
  if (!feature.expression.empty())
    if (const auto parsed = checked(section, node, feature.expression))
      for (const std::string& name : parsed->columns())
        if (same_but_case(name, feature.name))
          section.note(node, "an expression uses its feature's own name",
                       "a name that no input column has, such as " + feature.name +
                           "_scaled: a column with the feature's name is taken as it is",
                       in_quotes(feature.expression));
  feature.prefer = word<std::optional<FeatureSource>>(
      section, "prefer", "preference", {},
      {{"column", FeatureSource::column}, {"expression", FeatureSource::expression}});
  if (feature.prefer && feature.expression.empty())
    section.note(section.table().get("prefer"), "a preference without a choice", "an expression");
}

/// Which values of a feature are values, and how far off they are.
void read_values(Section& section, Feature& feature) {
  const auto range = section.numbers("range");
  if (range.size() == 2 && range[0] < range[1])
    feature.range = {range[0], range[1]};
  else if (section.table().contains("range"))
    section.note(section.table().get("range"), "invalid range", "[least, greatest]");
  feature.missing = section.numbers("missing");
  feature.lower = section.text("lower", false);
  feature.upper = section.text("upper", false);
  feature.error = expression(section, "error", false);
  if (feature.lower.empty() != feature.upper.empty())
    section.note(section.table().get("name"), "a feature has only one confidence limit",
                 "both lower and upper, or neither", feature.name);
  if (!feature.lower.empty() && !feature.error.empty())
    section.note(section.table().get("error"), "a feature has two kinds of errors",
                 "either error, or lower and upper", feature.name);
  feature.limits_optional = section.flag("limits_optional");
}

void read_features(Section& root, Recipe& recipe) {
  for (Section& section : root.sections("features", true)) {
    Feature feature;
    feature.name = section.text("name");
    const std::string transform = section.text("transform");
    try {
      if (!transform.empty()) feature.transform = transform_from_name(transform);
    } catch (const Error& error) {
      section.note(section.table().get("transform"), error.message(), error.expected(),
                   error.found());
    }
    feature.kind = section.text("kind", false);
    if (feature.kind.empty()) feature.kind = feature.name;
    read_source(section, feature);
    read_values(section, feature);
    feature.unit = section.text("unit", false);
    feature.ucd = section.text("ucd", false);
    feature.description = section.text("description", false);
    section.finish();
    if (std::any_of(recipe.features.begin(), recipe.features.end(),
                    [&](const Feature& other) { return same_but_case(other.name, feature.name); }))
      section.note(section.table().get("name"), "duplicate feature in the recipe",
                   "each feature once", feature.name);
    recipe.features.push_back(std::move(feature));
  }
  constexpr size_t most = 64;
  if (root.table().contains("features") &&
      (recipe.features.empty() || recipe.features.size() > most))
    root.note(root.table().get("features"), "wrong number of features in the recipe",
              "1 to 64 features", fmt::format("{}", recipe.features.size()));
}

void read_mixture(Section section, method::MixtureSettings& mixture) {
  mixture.components = static_cast<int>(section.integer("components", mixture.components, 1, 1000));
  mixture.seed = static_cast<uint32_t>(section.integer("seed", mixture.seed, 0, 4294967295));
  mixture.covariance_floor = section.number("covariance_floor", mixture.covariance_floor, 0, 1);
  mixture.tolerance = section.number("tolerance", mixture.tolerance, 0, 1e6);
  mixture.max_iterations =
      static_cast<int>(section.integer("max_iterations", mixture.max_iterations, 1, 1000000));
  section.finish();
}

void read_classes(Section section, Recipe& recipe) {
  recipe.classes = section.texts("names");
  recipe.min_members = static_cast<size_t>(section.integer("min_members", 12, 2, 1000000));
  recipe.method =
      word(section, "method", "method", recipe.method,
           {{"mahalanobis", method::Method::mahalanobis}, {"bayes", method::Method::bayes}});
  std::set<std::string> seen;
  for (const std::string& name : recipe.classes)
    if (is_missing_word(name) || !seen.insert(lower(name)).second)
      section.note(section.table().get("names"), "duplicate or unnamed class in the recipe",
                   "unique names, none of which means a missing label", in_quotes(name));
  if (section.table().contains("names") && recipe.classes.size() < 2)
    section.note(section.table().get("names"), "too few classes in the recipe", "two or more");
  constexpr size_t most = 1000;
  if (recipe.classes.size() > most) {
    section.note(section.table().get("names"), "too many classes in the recipe", "at most 1,000",
                 with_commas(recipe.classes.size()));
    recipe.classes.resize(most);
  }
  // A class without a group is a group of its own.
  Section groups = section.section("groups", false);
  for (const std::string& name : recipe.classes) {
    const std::string group = groups.text(name, false);
    recipe.groups.push_back(group.empty() ? name : group);
  }
  groups.finish();
  section.finish();
}

void read_missing(Section& root, Recipe& recipe) {
  recipe.missing = word<std::optional<method::Missing>>(
      root, "missing", "treatment of missing values", {},
      {{"drop", method::Missing::drop}, {"integrate", method::Missing::integrate}});
  recipe.missing_informs = root.flag("missing_informs");
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
  labels.name_column = section.text("name", false);
  labels.ra_column = section.text("ra", false);
  labels.dec_column = section.text("dec", false);
  if (labels.ra_column.empty() != labels.dec_column.empty())
    section.note(nullptr, "the recipe has only one coordinate of the labels' positions",
                 "both labels.ra and labels.dec, or neither");
  const toml::node* type = section.get("type", true);
  labels.type_columns = type && type->is_array()
                            ? section.texts("type")
                            : std::vector<std::string>{section.text("type", false)};
  if (type && (labels.type_columns.empty() || labels.type_columns[0].empty()))
    section.note(type, "no label column in the recipe", "one or more names of columns");
  labels.type_column = labels.type_columns.empty() ? "" : labels.type_columns[0];
  labels.separation_column = section.text("separation", false);
  labels.radius_arcsec = section.number("radius_arcsec", 1.0, 0, 3600);
  labels.several = word(section, "several", "rule for several labels", labels.several,
                        {{"refuse", SeveralLabels::refuse},
                         {"none", SeveralLabels::none},
                         {"most", SeveralLabels::most},
                         {"detection", SeveralLabels::detection}});
  labels.ambiguous = section.texts("ambiguous", false);
  labels.aliases = section.text_map("aliases");
  for (const std::string& label : labels.ambiguous)
    if (recipe.find_class(label))
      section.note(section.table().get("ambiguous"), "a class is also an ambiguous label",
                   "one or the other", label);
  section.finish();
}

/// Whether a URL with placeholders is safe: no inserted value may change where it leads, and
/// nothing in it needs escaping in a page.
bool is_link_url(std::string_view url, const std::vector<std::string>& placeholders) {
  constexpr std::string_view scheme = "https://";
  if (!url.starts_with(scheme)) return false;
  const std::string_view host =
      url.substr(scheme.size(), url.find('/', scheme.size()) - scheme.size());
  if (host.empty() || host.size() + scheme.size() == url.size()) return false;
  if (host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-:") != std::string_view::npos)
    return false;
  while (!url.empty()) {
    if (url[0] == '{') {
      const size_t end = url.find('}');
      if (end == std::string_view::npos) return false;
      const std::string_view name = url.substr(1, end - 1);
      if (std::ranges::find(placeholders, name) == placeholders.end()) return false;
      url.remove_prefix(end + 1);
    } else if (url[0] <= ' ' || url[0] > '~' ||
               std::string_view("\"'<>\\^`|}").find(url[0]) != std::string_view::npos) {
      return false;
    } else {
      url.remove_prefix(1);
    }
  }
  return true;
}

void read_mission(Section& root, MissionSettings& mission) {
  std::vector<std::string> placeholders = {"name", "ra", "dec", "signed_dec"};
  for (Section& section : root.sections("carry", false)) {
    mission.carried.push_back({section.text("name"), section.text("unit", false),
                               section.text("ucd", false), section.text("description", false)});
    placeholders.push_back(mission.carried.back().name);
    section.finish();
  }
  for (Section& section : root.sections("links", false)) {
    const LinkTemplate& link =
        mission.links.emplace_back(LinkTemplate{section.text("title"), section.text("url"),
                                                word(section, "of", "subject of a link", false,
                                                     {{"source", false}, {"observation", true}})});
    std::vector<std::string> known = placeholders;
    if (link.of_observation) known.push_back("observation");
    if (section.table().contains("url") && !is_link_url(link.url, known))
      section.note(section.table().get("url"), "invalid link URL",
                   "https://HOST/… with the placeholders {" + join(known, "}, {") + "}",
                   in_quotes(link.url));
    section.finish();
  }
  for (Section& section : root.sections("fields", false)) {
    NamedField& field = mission.fields.emplace_back();
    field.name = section.text("name");
    field.ra_deg = section.number("ra", 0, 0, 360);
    field.dec_deg = section.number("dec", 0, -90, 90);
    field.width_deg = section.number("width_deg", 1, 1e-3, 360);
    section.finish();
  }
  for (Section& section : root.sections("citations", false)) {
    mission.citations.push_back({section.text("text"), section.text("url", false)});
    if (const std::string& url = mission.citations.back().url;
        !url.empty() && !is_link_url(url, {}))
      section.note(section.table().get("url"), "invalid URL", "https://HOST/…", in_quotes(url));
    section.finish();
  }
  Section services = root.section("services", false);
  mission.detection_service = services.text("detections", false);
  mission.label_service = services.text("labels", false);
  services.finish();
}

void read_simulation(Section section, Recipe& recipe) {
  SimulationSettings& simulation = recipe.simulation;
  simulation.labelled = section.number("labelled", 0.35, 0, 1);
  simulation.name_prefix = section.text("name_prefix", false);
  if (const auto parts = section.numbers("detections"); !parts.empty()) {
    double sum = 0;
    for (const double part : parts) sum += part >= 0 ? part : std::nan("");
    if (parts.size() == 4 && std::abs(sum - 1) < 1e-9)
      simulation.detections = parts;
    else
      section.note(section.table().get("detections"), "invalid fractions",
                   "four numbers that sum to 1");
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
        entry.note(entry.table().get("classes"), "unknown class in the recipe",
                   "one of " + join(recipe.classes, ", ") + did_you_mean(name, recipe.classes),
                   in_quotes(name));
    entry.finish();
    simulation.fields.push_back(std::move(field));
  }
  section.finish();
}

}  // namespace

Recipe parse_recipe(const std::string& text, const std::string& name) {
  const TomlFile file = parse_toml(text, name, "recipe");
  Recipe recipe;
  recipe.text = text;
  Section root(file);
  recipe.name = root.text("name");
  recipe.description = root.text("description", false);
  read_selection(root, recipe);
  read_missing(root, recipe);
  read_columns(root.section("columns"), recipe);
  read_features(root, recipe);
  read_mixture(root.section("mixture", false), recipe.mixture);
  read_classes(root.section("classes"), recipe);
  read_bayes(root.section("bayes", false), recipe.bayes);
  read_labels(root.section("labels"), recipe);
  read_mission(root, recipe.mission);
  read_simulation(root.section("simulate", false), recipe);
  check_other_names(root, recipe);
  root.finish();
  file.check();
  // These would follow from other mistakes.
  check_output_names(root, recipe);
  file.check();
  return recipe;
}

}  // namespace uhuru::recipe
