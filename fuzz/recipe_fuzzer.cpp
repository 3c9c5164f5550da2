// Recipes: a recipe that was read satisfies the assumptions of the rest of the program.
#include "fuzz.hpp"
#include "uhuru/recipe/recipe.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  only_errors([&] {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const recipe::Recipe recipe = recipe::parse_recipe(text, "fuzz.toml");
    require(!recipe.features.empty() && recipe.features.size() <= 64, "1 to 64 features");
    require(recipe.classes.size() >= 2, "two classes or more");
    require(recipe.groups.size() == recipe.classes.size(), "a group for each class");
    require(recipe.mixture.components >= 1, "a component or more");
    require(recipe.text == text, "the recipe keeps its text");
  });
  return 0;
}
