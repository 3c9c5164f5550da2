// Recipes: a recipe that was read satisfies the assumptions of the rest of the program. Links
// remain URLs for any name.
#include <cstring>

#include "fuzz.hpp"
#include "uhuru/recipe/recipe.hpp"
#include "uhuru/vo/links.hpp"

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
    require(recipe.ra_column.empty() == recipe.dec_column.empty(), "both coordinates or none");
    std::map<std::string, std::string> carried;
    for (const recipe::CarriedColumn& column : recipe.mission.carried) carried[column.name] = text;
    for (const vo::Link& link :
         vo::source_links(recipe.mission.links, text, sky::SkyPosition{1, 2}, carried)) {
      require(link.url.starts_with("https://"), "a scheme");
      for (const char c : link.url)
        require(c > ' ' && c <= '~' && !std::strchr("\"'<>{}", c), "a URL without escapes");
    }
  });
  return 0;
}
