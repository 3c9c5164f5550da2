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

/// All that is needed to classify a detection: recipe, scaling, medians for missing features,
/// mixture, class scores. Reading is thread-safe.
struct Model {
  std::string name;
  std::string note;
  Recipe recipe;
  Scaling scaling;              // one a feature
  std::vector<double> medians;  // unscaled, one a feature
  GaussianMixture mixture;
  std::vector<double> density_quantiles;  // see mixture/placement.hpp; empty where not known
  ClassScores scores;                     // empty where the model was made without labels
  std::optional<BayesClassifier> bayes;   // where the method is bayes
  std::string version;                    // of the program that wrote it
  size_t training_rows = 0;               // detections that the mixture was fitted to
  size_t training_labelled = 0;           // and of these with a class

  bool has_classes() const { return bayes.has_value() || !scores.empty(); }
  Method method() const { return bayes ? Method::bayes : Method::mahalanobis; }
};

/// Writes a model as JSON.
void save_model(const Model& model, const std::string& path, Overwrite overwrite);
std::string model_json(const Model& model);

/// Reads a model and checks it: format version, shapes, finite numbers, positive definite
/// covariances, features and classes as in its recipe. Throws Error (input).
Model parse_model(const std::string& json, const std::string& name);

/// A built-in model by its name ("csc2-published") or one from a file. Throws Error (input) where
/// there is neither.
Model load_model(const std::string& name_or_path);

/// Throws Error (input) where `recipe` has other features than the model's.
void check_features(const Model& model, const Recipe& recipe);
/// The same also for other classes.
void check_recipe(const Model& model, const Recipe& recipe);

}  // namespace uhuru
