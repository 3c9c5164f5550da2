// Models: one that was read is written and read again without a change.
#include "fuzz.hpp"
#include "uhuru/model/model.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  std::string json;
  only_errors([&] {
    const Model model = parse_model({reinterpret_cast<const char*>(data), size}, "fuzz.json");
    json = model_json(model);
  });
  if (!json.empty())
    require(model_json(parse_model(json, "again.json")) == json, "a model stays what it is");
  return 0;
}
