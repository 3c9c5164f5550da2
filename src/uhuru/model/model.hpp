// A trained classifier as a file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "uhuru/classify/bayes.hpp"
#include "uhuru/classify/class_scores.hpp"
#include "uhuru/features/recipe.hpp"
#include "uhuru/features/scaling.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/mixture/gaussian_mixture.hpp"

namespace uhuru {

/// Everything needed to classify a detection: recipe, scaling, medians for missing features,
/// mixture, class scores. Thread-safe for reading.
struct Model {
  std::string name;
  std::string note;
  Recipe recipe;
  Scaling scaling;              // one per feature
  std::vector<double> medians;  // unscaled, one per feature
  GaussianMixture mixture;
  std::vector<double> density_quantiles;  // see mixture/placement.hpp; empty if unknown
  ClassScores scores;                     // empty if the model was trained without labels
  std::optional<BayesClassifier> bayes;   // if the method is bayes
  std::string version;                    // of the program that wrote the model
  size_t training_rows = 0;               // detections that the mixture was fitted to
  size_t training_labelled = 0;           // of these, detections with a class

  bool has_classes() const { return bayes.has_value() || !scores.empty(); }
  Method method() const { return bayes ? Method::bayes : Method::mahalanobis; }
};

/// Writes a model as JSON; with a group, it appears with that.
void save_model(const Model& model, const std::string& path, Overwrite overwrite,
                OutputGroup* group = nullptr);
std::string model_json(const Model& model);

/// Parses and validates a model: format version, shapes, finite numbers, positive definite
/// covariances, features and classes as in its recipe. Throws Error (input) if it is invalid.
Model parse_model(const std::string& json, const std::string& name);

/// A built-in model by name ("csc2-published") or a model from a file. Throws Error (input) if
/// neither exists.
Model load_model(const std::string& name_or_path);

/// Throws Error (input) if the features of `recipe` differ from those of the model.
void check_features(const Model& model, const Recipe& recipe);
/// The same, and also for the classes.
void check_recipe(const Model& model, const Recipe& recipe);

}  // namespace uhuru
