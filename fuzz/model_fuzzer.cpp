// Models: a model that was read is unchanged after writing and reading it again, and classifies.
#include <limits>

#include "fuzz.hpp"
#include "uhuru/method/predict.hpp"
#include "uhuru/model/model.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  std::string json;
  only_errors([&] {
    const model::RecipeModel model =
        model::parse_model({reinterpret_cast<const char*>(data), size}, "fuzz.json");
    json = model::model_json(model);
    Matrix rows = Matrix::Constant(3, static_cast<long>(model.scaling.size()), 0.3);
    rows.row(1).setConstant(std::numeric_limits<double>::quiet_NaN());
    rows(2, 0) = rows(1, 0);
    if (!model.has_classes()) return;
    const Matrix none;
    method::predict(model, {rows, none, none}, Threads(1));
  });
  if (!json.empty())
    require(model::model_json(model::parse_model(json, "again.json")) == json,
            "a model stays what it is");
  return 0;
}
