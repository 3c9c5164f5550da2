// Classes of rows in memory, the work behind predict_proba of the Python package.

#include <benchmark/benchmark.h>

#include "uhuru/base/numpy.hpp"
#include "uhuru/method/predict.hpp"
#include "uhuru/model/model.hpp"

namespace uhuru::method {
namespace {

/// Features near those of a typical detection: rows × features.
Matrix typical_rows(const Model& model, Eigen::Index rows) {
  RandomState random(1);
  Matrix data(rows, static_cast<Eigen::Index>(model.medians.size()));
  for (Eigen::Index row = 0; row < rows; ++row)
    for (Eigen::Index f = 0; f < data.cols(); ++f)
      data(row, f) = model.medians[static_cast<size_t>(f)] * (1 + 0.1 * random.uniform());
  return data;
}

void predict_rows(benchmark::State& state) {
  const model::RecipeModel model = model::load_model("csc2-published");
  const Matrix data = typical_rows(model, state.range(0));
  const Threads threads(static_cast<int>(state.range(1)));
  for (auto _ : state)
    benchmark::DoNotOptimize(predict(model, {data, Matrix(), Matrix()}, threads).classes.data());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(predict_rows)
    ->ArgNames({"rows", "threads"})
    ->Args({1'000'000, 1})
    ->Args({1'000'000, 2})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace uhuru::method
