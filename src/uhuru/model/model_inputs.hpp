// The input that a model needs for a detection.
#pragma once

#include <string>
#include <vector>

#include "uhuru/model/model.hpp"

#pragma GCC visibility push(default)
namespace uhuru::model {

/// A feature, described for manual entry of a detection.
struct ModelInput {
  std::string name, unit, description;
  /// The columns from which it is computed if the table lacks it; its own name if it is not
  /// computed.
  std::vector<std::string> columns;
  double example = 0;  // the training median, unscaled
};

/// One per feature, in the order of the recipe. Thread-safe.
std::vector<ModelInput> model_inputs(const RecipeModel& model);

}  // namespace uhuru::model
#pragma GCC visibility pop
