// Silhouettes of as many detections as in the published work.

#include <benchmark/benchmark.h>

#include "uhuru/base/numpy.hpp"
#include "uhuru/method/mixture/silhouette.hpp"

namespace uhuru::method {
namespace {

void silhouette(benchmark::State& state) {
  const auto n = static_cast<size_t>(state.range(0));
  RandomState random(1);
  Matrix data(static_cast<long>(n), 12);
  for (double& value : data.reshaped()) value = random.normal();
  std::vector<ClusterId> labels(n);
  for (size_t row = 0; row < n; ++row) labels[row] = ClusterId(row % 6);
  const RowBlocks rows(data);
  const Threads threads(static_cast<int>(state.range(1)));
  for (auto _ : state) benchmark::DoNotOptimize(silhouette_score(rows, labels, threads));
}
BENCHMARK(silhouette)
    ->Args({5000, 1})
    ->Args({29655, 1})
    ->Args({29655, 2})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace uhuru::method
