// Proposed recipes: for any table, a recipe or a text that says what it lacks, and always TOML.
// What a recipe finds in the table is never an error.
#include "fuzz.hpp"
#include "uhuru/base/toml_section.hpp"
#include "uhuru/recipe/check_table.hpp"
#include "uhuru/recipe/propose.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::string text;
  only_errors(
      [&] { text = recipe::propose_recipe(*io::open_table_in_memory(bytes, "fuzz.csv"), "fuzz"); });
  if (text.empty()) return 0;
  bool is_toml = true;
  try {
    parse_toml(text, "fuzz.toml", "recipe");
  } catch (const Error&) {
    is_toml = false;
  }
  require(is_toml, "a proposal is TOML");
  only_errors([&] {
    const recipe::Recipe recipe = recipe::parse_recipe(text, "fuzz.toml");
    const auto reader = io::open_table_in_memory(bytes, "fuzz.csv");
    const recipe::TableCheck check = recipe::check_table(*reader, recipe);
    require(check.features.size() == recipe.features.size(), "each feature is checked");
    require(check.complete <= check.with_any_feature && check.with_any_feature <= check.selected &&
                check.selected <= check.rows,
            "counts are in order");
  });
  return 0;
}
