// What a model needs to know of a detection.
#pragma once

#include <string>
#include <vector>

#include "uhuru/model/model.hpp"

namespace uhuru {

/// A feature, as someone who types a detection has to know it.
struct ModelInput {
  std::string name, unit, description;
  /// The columns from which it is computed where a table has none of its name; itself where it is
  /// not computed.
  std::vector<std::string> columns;
  double example = 0;  // the training's median, unscaled
};

/// One a feature, in the order of the recipe. Thread-safe.
std::vector<ModelInput> model_inputs(const Model& model);

}  // namespace uhuru
