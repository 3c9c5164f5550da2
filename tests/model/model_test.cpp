#include "uhuru/model/model.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/support.hpp"
#include "uhuru/base/json.hpp"

namespace uhuru {
namespace {

using testing::error_of;
using Json = nlohmann::ordered_json;

TEST(Model, ComesBackAsItWasWritten) {
  const model::RecipeModel model = model::load_model("csc2-published");
  EXPECT_TRUE(model.has_classes());
  EXPECT_EQ(model.mixture.components(), 6);
  const testing::ScratchFolder scratch;
  model::save_model(model, scratch / "m.json", io::Overwrite::no);
  const model::RecipeModel again = model::load_model(scratch / "m.json");
  EXPECT_EQ(model::model_json(again), model::model_json(model));
  EXPECT_EQ(again.mixture.means, model.mixture.means);
  EXPECT_EQ(again.medians, model.medians);
}

TEST(Model, BuiltInModelHasTheBuiltInRecipe) {
  EXPECT_EQ(model::load_model("csc2-published").recipe.text, recipe::load_recipe("csc2").text);
}

TEST(Model, IsCheckedOnLoad) {
  const Json good = Json::parse(model::model_json(model::load_model("csc2-published")));
  const auto message_of = [&](const std::string& pointer, const Json& value) {
    Json changed = good;
    changed[Json::json_pointer(pointer)] = value;
    return error_of([&] { model::parse_model(changed.dump(), "m.json"); });
  };
  EXPECT_EQ(message_of("/format_version", 2).message(), "unsupported model version");
  EXPECT_EQ(message_of("/format", "x").message(), "the file is not a model");
  EXPECT_EQ(message_of("/mixture/means/0", {1, 2}).where(), "m.json, mixture.means[0]");
  EXPECT_EQ(message_of("/mixture/weights/0", -1).where(), "m.json, mixture.weights");
  EXPECT_EQ(message_of("/mixture/covariances/0/0/0", -1).where(), "m.json, mixture.covariances");
  EXPECT_EQ(message_of("/mixture/covariances/0/0/0", -1).found(),
            "a mixture component has collapsed");
  EXPECT_EQ(message_of("/mixture/weights/0", 0.9).where(), "m.json, mixture.weights");
  EXPECT_EQ(message_of("/mixture/means/0/0", nullptr).where(), "m.json, mixture.means[0]");
  EXPECT_EQ(message_of("/scaling/3/feature", "x").where(), "m.json, scaling[3]");
  EXPECT_EQ(message_of("/scaling/3/transform", "x").where(), "m.json, scaling[3]");
  EXPECT_EQ(message_of("/scaling/3/hi", -100).expected(), "lo below hi");
  EXPECT_EQ(message_of("/scores/0/NOVA", Json::object()).where(), "m.json, scores[0].NOVA");
  EXPECT_EQ(message_of("/scores/0/QSO/linear", "x").where(), "m.json, scores[0].QSO.linear");
  EXPECT_EQ(message_of("/medians/bb_kt", "x").where(), "m.json, medians");
  EXPECT_EQ(message_of("/recipe", "csc2").where(), "m.json, recipe");
  for (const Json& count : {Json(1e300), Json(-1), Json(0.5)}) {
    EXPECT_EQ(message_of("/training/detections", count).where(), "m.json, training.detections");
    EXPECT_EQ(message_of("/training/labelled", count).where(), "m.json, training.labelled");
    EXPECT_EQ(message_of("/scores/0/QSO/members", count).where(), "m.json, scores[0].QSO.members");
  }
  EXPECT_EQ(error_of([] { model::parse_model("{", "m.json"); }).message(),
            "the model is not valid JSON");
  EXPECT_EQ(error_of([] { model::parse_model("[]", "m.json"); }).message(),
            "the file is not a model");
  EXPECT_EQ(error_of([] { model::parse_model(std::string(100000, '['), "m.json"); }).message(),
            "the model is nested too deeply, or has too many keys");
  EXPECT_EQ(error_of([] { model::load_model("no-such-model"); }).message(), "no such model");
}

TEST(Model, RefusesAnotherRecipe) {
  const model::RecipeModel model = model::load_model("csc2-published");
  recipe::Recipe recipe = recipe::load_recipe("csc2");
  model::check_recipe(model, recipe);
  recipe.classes.pop_back();
  EXPECT_EQ(error_of([&] { model::check_recipe(model, recipe); }).message(),
            "the model was trained with a different recipe");
  recipe = recipe::load_recipe("csc2");
  recipe.features[2].name = "hard_xx";
  EXPECT_EQ(error_of([&] { model::check_recipe(model, recipe); }).message(),
            "the model was trained with a different recipe");
}

}  // namespace
}  // namespace uhuru
