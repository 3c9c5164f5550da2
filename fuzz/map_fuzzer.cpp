// Class maps: a map that was read names columns, and labels of the recipe.
#include <algorithm>

#include "fuzz.hpp"
#include "uhuru/study/class_map.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  static const recipe::Recipe recipe = recipe::load_recipe("csc2");
  only_errors([&] {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const study::ClassMap map = study::parse_class_map(text, "fuzz.toml", recipe);
    require(!map.labels.empty(), "a class or more");
    const auto& labels = map.level == study::MapLevel::classes ? recipe.classes : recipe.groups;
    for (const auto& [theirs, ours] : map.labels)
      require(std::find(labels.begin(), labels.end(), ours) != labels.end(), "labels of the level");
  });
  return 0;
}
