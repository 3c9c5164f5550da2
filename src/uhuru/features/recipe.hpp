// A recipe: all that is particular to a mission's catalog, as data.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "uhuru/table/field.hpp"

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
  std::string lower, upper;  // columns of its confidence limits (68 %); empty where there are none
  std::string unit = {}, ucd = {}, description = {};

  /// Its column in the tables that are written.
  Field field() const;
};

/// How classes are learned: as published, by distances, or by posteriors.
enum class Method { mahalanobis, bayes };

std::string_view method_name(Method method);
/// Throws Error (input) for an unknown name.
Method method_from_name(std::string_view name);

/// Defaults are those of the published method.
struct MixtureSettings {
  int components = 6;
  uint32_t seed = 42;
  double covariance_floor = 1e-6;  // added to the diagonals
  double tolerance = 1e-3;         // of the mean log-likelihood, to stop
  int max_iterations = 100;
  int starts = 1;  // the likeliest end counts
};

/// How the method `bayes` learns; see classify/bayes.hpp and docs/method.md for where the defaults
/// come from.
struct BayesSettings {
  int replicates = 25;            // bootstraps of the sources
  int trees = 10;                 // grown in each
  size_t tree_rows = 3;           // least rows in a leaf
  size_t tree_features = 0;       // looked at for each split; 0: the square root of their number
  double source_exponent = 0.25;  // a detection of a source with n weighs n^-exponent
  double mean_members = 30;       // how many members the shrinkage counts as, see Shrinkage
  double covariance_members = 50;
  double cluster_members = 20;
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
  size_t min_members = 12;          // that a class needs in a cluster, for distances
  Method method = Method::mahalanobis;
  BayesSettings bayes;
  LabelSettings labels;
  SimulationSettings simulation;

  /// The published name of a label: aliases resolved.
  const std::string& label(const std::string& text) const;
  bool is_ambiguous(const std::string& label) const;
  /// The class's place in `classes`, -1 where it is none.
  int class_index(std::string_view label) const;
  std::vector<std::string> feature_names() const;
  /// The groups, each once, in the order of their classes.
  std::vector<std::string> group_names() const;
  /// Of each class, its group's place in group_names().
  std::vector<size_t> group_places() const;
};

/// Reads a recipe. `name` stands in error messages. Throws Error (input) with the line for bad
/// TOML, an unknown or missing key, a value of a wrong kind, an expression that cannot be read, a
/// class that is not in [classes].
Recipe parse_recipe(const std::string& text, const std::string& name);

/// A built-in recipe by its name ("csc2") or one from a file. Throws Error (input) where there is
/// neither.
Recipe load_recipe(const std::string& name_or_path);

}  // namespace uhuru
