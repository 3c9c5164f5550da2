// A recipe: all that is particular to a mission's catalog, as data.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace uhuru {

/// How a feature is scaled before clustering. [PD24] sec. 3.2
enum class Transform { identity, minmax, log_minmax };

std::string_view transform_name(Transform transform);
/// Throws Error (input) for an unknown name.
Transform transform_from_name(std::string_view name);

struct Feature {
  std::string name;
  Transform transform = Transform::identity;
  std::string kind;        // what is said to be missing where a row lacks it: "hardness"
  std::string expression;  // where the input has no column of this name; may be empty
  std::optional<std::pair<double, double>> range;  // values that can occur
};

/// Defaults are those of the published method.
struct MixtureSettings {
  int components = 6;
  uint32_t seed = 42;
  double covariance_floor = 1e-6;  // added to the diagonals
  double tolerance = 1e-3;         // of the mean log-likelihood, to stop
  int max_iterations = 100;
  int starts = 1;  // the likeliest end counts
};

struct LabelSettings {
  std::string name_column, ra_column, dec_column, type_column, separation_column;
  double radius_arcsec = 1.0;
  std::vector<std::string> ambiguous;
  std::map<std::string, std::string> aliases;  // another spelling -> the published name
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
  std::vector<double> detections = {1};  // parts with 1, 2, 3–10, 11–100 detections
  std::vector<SimulatedColumn> columns;
  std::vector<SimulatedMissing> missing;
  std::vector<SimulatedField> fields;
};

struct Recipe {
  std::string name, description;
  std::string text;  // the TOML it was read from
  std::string name_column, observation_column, ra_column, dec_column;
  std::vector<std::string> selection;
  std::vector<Feature> features;
  MixtureSettings mixture;
  std::vector<std::string> classes;
  std::vector<std::string> groups;  // of each class
  size_t min_members = 12;
  LabelSettings labels;
  SimulationSettings simulation;

  /// The published name of a label: aliases resolved.
  const std::string& label(const std::string& text) const;
  bool is_ambiguous(const std::string& label) const;
  /// The class's place in `classes`, -1 where it is none.
  int class_index(std::string_view label) const;
  std::vector<std::string> feature_names() const;
};

/// Reads a recipe. `name` stands in error messages. Throws Error (input) with the line for bad
/// TOML, an unknown or missing key, a value of a wrong kind, an expression that cannot be read, a
/// class that is not in [classes].
Recipe parse_recipe(const std::string& text, const std::string& name);

/// A built-in recipe by its name ("csc2") or one from a file. Throws Error (input) where there is
/// neither.
Recipe load_recipe(const std::string& name_or_path);

}  // namespace uhuru
