// An evaluation with 1000 bootstrap replicates: 30,000 detections of 10,000 sources, ten classes.

#include <benchmark/benchmark.h>

#include "uhuru/base/numpy.hpp"
#include "uhuru/study/evaluation.hpp"

namespace uhuru {
namespace {

study::Predictions random_predictions(size_t rows, int labels) {
  RandomState random(1);
  study::Predictions predictions;
  predictions.labels.resize(static_cast<size_t>(labels));
  predictions.probabilities.resize(static_cast<Eigen::Index>(rows), labels);
  for (Eigen::Index row = 0; row < predictions.probabilities.rows(); ++row) {
    auto values = predictions.probabilities.row(row);
    for (double& value : values) value = random.uniform();
    values /= values.sum();
    Eigen::Index largest = 0;
    values.maxCoeff(&largest);
    predictions.predicted.push_back(static_cast<int>(largest));
    predictions.truth.push_back(
        static_cast<int>(random.uniform() < 0.5 ? static_cast<uint64_t>(largest)
                                                : random.integer(static_cast<uint64_t>(labels))));
    predictions.sources.push_back(random.integer(rows / 3));
  }
  return predictions;
}

void evaluate_with_intervals(benchmark::State& state) {
  const study::Predictions predictions = random_predictions(30000, 10);
  const Threads threads(static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(study::evaluate({predictions}, {}, threads));
}
BENCHMARK(evaluate_with_intervals)
    ->ArgName("threads")
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace uhuru
