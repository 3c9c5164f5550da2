// A recipe: everything specific to a mission's catalog, as data.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "uhuru/method/ids.hpp"
#include "uhuru/method/settings.hpp"
#include "uhuru/table/field.hpp"

#pragma GCC visibility push(default)
namespace uhuru::recipe {

/// The name of a transform in recipes and models.
std::string_view transform_name(method::Transform transform);
/// Throws Error (input) for an unknown name.
method::Transform transform_from_name(std::string_view name);

/// The name of a method in recipes and commands.
std::string_view method_name(method::Method method);
/// Throws Error (input) for an unknown name.
method::Method method_from_name(std::string_view name);

/// Where the values of a feature come from: a column with its name, or its expression.
enum class FeatureSource { column, expression };

struct Feature {
  std::string name;
  method::Transform transform = method::Transform::identity;
  std::string kind;        // what a row without it is said to lack: "hardness"
  std::string expression;  // if the input has no column with this name; may be empty
  std::optional<std::pair<double, double>> range;  // other values count as missing
  std::string lower, upper;  // columns of its confidence limits (68 %); empty if none
  std::string error = {};    // or an expression for its standard deviation
  std::string unit = {}, ucd = {}, description = {};
  std::vector<double> missing = {};  // values that mark a missing one, in all columns that it reads
  /// What is used if a table has both its column and the columns of its expression; unset: the
  /// column, with a note.
  std::optional<FeatureSource> prefer = {};
  bool limits_optional = false;  // tables without their columns are usual

  /// The metadata of its column in output tables.
  Field field() const;
};

/// What happens to a source whose detections, or to a detection whose equally near counterparts,
/// have labels of different classes.
enum class SeveralLabels {
  refuse,     // an error
  none,       // it is used without label
  most,       // the most frequent one; without label if tied
  detection,  // each detection keeps its own; one with contradictory counterparts has none
};

struct LabelSettings {
  // Empty if the recipe does not say.
  std::string name_column, ra_column, dec_column, separation_column;
  std::string type_column;                // in output tables
  std::vector<std::string> type_columns;  // in tables of labels, in order of trust
  SeveralLabels several = SeveralLabels::refuse;
  double radius_arcsec = 1.0;
  std::vector<std::string> ambiguous;
  std::map<std::string, std::string> aliases;  // alternative spelling -> published name
};

/// A column that is carried along into the catalog and its pages.
struct CarriedColumn {
  std::string name, unit, ucd, description;
};

/// A page about a source elsewhere, or about an observation of it; {name}, {ra}, {dec},
/// {signed_dec}, {COLUMN} of a carried column and, for an observation, {observation} are filled in.
struct LinkTemplate {
  std::string title, url;
  bool of_observation = false;
};

/// A named place on the sky.
struct NamedField {
  std::string name;
  double ra_deg = 0, dec_deg = 0, width_deg = 1;
};

struct Citation {
  std::string text, url;  // url may be empty
};

/// What the pages and live runs have to know of a mission.
struct MissionSettings {
  std::string name_example;  // the beginning of a source's name
  std::vector<CarriedColumn> carried;
  std::vector<LinkTemplate> links;
  std::vector<NamedField> fields;
  std::vector<Citation> citations;
  std::string detection_service, label_service;  // in the services file; empty if there is none
};

struct SimulatedColumn {
  std::string name, unit, expression;
};
struct SimulatedMissing {
  std::vector<std::string> columns;
  double fraction = 0;
};
struct SimulatedField {
  std::string name;
  double ra_deg = 0, dec_deg = 0, radius_deg = 180, weight = 1;
  std::vector<std::string> classes;
};
struct SimulationSettings {
  double labelled = 0.35;
  std::string name_prefix;
  std::vector<double> detections = {1};  // fractions with 1, 2, 3–10, 11–100 detections
  std::vector<SimulatedColumn> columns;
  std::vector<SimulatedMissing> missing;
  std::vector<SimulatedField> fields;
};

struct Recipe {
  std::string name, description;
  std::string text;  // the TOML source
  /// Without an observation column, each row is a source; without ra and dec, there are no
  /// positions.
  std::string name_column, observation_column, ra_column, dec_column;
  /// Names of columns in other releases of the catalog, see find_column().
  std::map<std::string, std::vector<std::string>> other_names;
  /// With the observation, the columns that identify a measurement, which may stand under several
  /// names; and one that says how a name was matched, with its values, the best first. May be
  /// empty.
  std::string interval_column, region_column, match_column;
  std::vector<std::string> match_order;
  std::vector<std::string> selection;           // conditions
  std::vector<std::string> optional_selection;  // those that tables may lack the columns of
  std::vector<Feature> features;
  method::MixtureSettings mixture;
  std::vector<std::string> classes;
  std::vector<std::string> groups;  // of each class
  size_t min_members = 12;          // minimum per class and cluster, for distances
  method::Method method = method::Method::mahalanobis;
  /// What learning does with incomplete rows; unset: integrate for the method bayes, else drop.
  std::optional<method::Missing> missing;
  bool missing_informs = false;  // whether the method bayes may learn from what is missing
  method::BayesSettings bayes;
  LabelSettings labels;
  SimulationSettings simulation;
  MissionSettings mission;

  /// The published name of a label: aliases are resolved.
  const std::string& label(const std::string& text) const;
  bool is_ambiguous(const std::string& label) const;
  bool is_optional(const std::string& condition) const;
  bool has_positions() const { return !ra_column.empty(); }
  std::optional<method::ClassId> find_class(std::string_view label) const;
  const std::string& class_name(method::ClassId id) const { return classes[number_of(id)]; }
  const std::string& group_name(method::ClassId id) const { return groups[number_of(id)]; }
  std::vector<std::string> feature_names() const;
  /// The distinct groups, in the order of their classes.
  std::vector<std::string> group_names() const;
  /// For each class, the index of its group in group_names().
  std::vector<size_t> group_places() const;
  /// Whether learning integrates over missing features.
  bool integrates() const;
  /// What the method has to know of the recipe.
  method::Settings method_settings() const;
};

/// Parses a recipe. `name` is used in error messages. Throws Error (input) with every mistake and
/// its line: an unknown or missing key, a value of the wrong type, an invalid expression, a class
/// that is not in [classes]; for invalid TOML with the first.
Recipe parse_recipe(const std::string& text, const std::string& name);

/// A built-in recipe by name ("csc2") or a recipe from a file. Throws Error (input) if neither
/// exists.
Recipe load_recipe(const std::string& name_or_path);

/// The names of the built-in recipes, in alphabetical order.
std::vector<std::string> built_in_recipes();

}  // namespace uhuru::recipe
#pragma GCC visibility pop
