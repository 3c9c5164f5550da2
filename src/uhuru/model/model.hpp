// A trained classifier as a file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "uhuru/io/output_file.hpp"
#include "uhuru/method/model.hpp"
#include "uhuru/recipe/recipe.hpp"

#pragma GCC visibility push(default)
namespace uhuru::model {

/// A model with the recipe that tells how a table becomes its rows: everything needed to classify a
/// table. Thread-safe for reading.
struct RecipeModel : method::Model {
  std::string name;
  std::string note;
  recipe::Recipe recipe;
  std::string version;  // of the program that wrote the model
};

/// A model trained by this program.
RecipeModel named_model(method::Model model, const recipe::Recipe& recipe);

/// Writes a model as JSON; with a group, it appears with that.
void save_model(const RecipeModel& model, const std::string& path, io::Overwrite overwrite,
                io::OutputGroup* group = nullptr);
std::string model_json(const RecipeModel& model);

/// Parses and validates a model: format version, shapes, finite numbers, positive definite
/// covariances, features and classes as in its recipe. Throws Error (input) if it is invalid.
RecipeModel parse_model(const std::string& json, const std::string& name);

/// A built-in model by name ("csc2-published") or a model from a file. Throws Error (input) if
/// neither exists.
RecipeModel load_model(const std::string& name_or_path);

/// Throws Error (input) if the features of `recipe` differ from those of the model.
void check_features(const RecipeModel& model, const recipe::Recipe& recipe);
/// The same, and also for the classes.
void check_recipe(const RecipeModel& model, const recipe::Recipe& recipe);

}  // namespace uhuru::model
#pragma GCC visibility pop
