#include "uhuru/model/model_inputs.hpp"

#include <gtest/gtest.h>

namespace uhuru {
namespace {

TEST(ModelInputs, AreTheFeaturesAndWhatTheyAreMadeOf) {
  const model::RecipeModel model = model::load_model("csc2-published");
  const auto inputs = model::model_inputs(model);
  ASSERT_EQ(inputs.size(), model.recipe.features.size());
  for (size_t f = 0; f < inputs.size(); ++f) {
    EXPECT_EQ(inputs[f].name, model.recipe.features[f].name);
    EXPECT_EQ(inputs[f].example, model.medians[f]);
    EXPECT_FALSE(inputs[f].description.empty());
  }
  EXPECT_EQ(inputs[0].columns, std::vector<std::string>{"hard_hm"});
  EXPECT_EQ(inputs[4].name, "bb_kt");
  EXPECT_EQ(inputs[4].unit, "keV");
  EXPECT_EQ(inputs[6].columns, (std::vector<std::string>{"var_mean_b", "var_sigma_b"}));
  EXPECT_EQ(inputs.back().columns,
            (std::vector<std::string>{"var_max_b", "var_mean_b", "var_min_b"}));
}

}  // namespace
}  // namespace uhuru
