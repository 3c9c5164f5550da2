#include "uhuru/model/model_inputs.hpp"

#include "uhuru/recipe/expression.hpp"

namespace uhuru::model {

std::vector<ModelInput> model_inputs(const RecipeModel& model) {
  std::vector<ModelInput> inputs;
  for (size_t f = 0; f < model.recipe.features.size(); ++f) {
    const recipe::Feature& feature = model.recipe.features[f];
    ModelInput& input = inputs.emplace_back();
    input.name = feature.name;
    input.unit = feature.unit;
    input.description = feature.description;
    input.columns = feature.expression.empty() ? std::vector<std::string>{feature.name}
                                               : recipe::Expression(feature.expression).columns();
    input.example = model.medians[f];
  }
  return inputs;
}

}  // namespace uhuru::model
