// Kernels of the mixture: floating-point operations per second, compared with the peak of the
// machine.

#include <benchmark/benchmark.h>

#include <thread>

#include "uhuru/base/numpy.hpp"
#include "uhuru/method/mixture/gaussian_mixture.hpp"
#include "uhuru/method/mixture/kmeans.hpp"

namespace uhuru::method {
namespace {

constexpr Eigen::Index features = 12;

/// Rows around six centers.
Matrix random_rows(Eigen::Index rows) {
  RandomState random(1);
  Matrix data(rows, features);
  for (Eigen::Index row = 0; row < rows; ++row)
    for (Eigen::Index f = 0; f < features; ++f)
      data(row, f) = static_cast<double>((row * (f + 1)) % 6) * 0.2 + 0.1 * random.normal();
  return data;
}

void peak(benchmark::State& state) {
  double flops = 0;
  for (auto _ : state) flops += burn_flops(1'000'000);
  state.counters["FLOP/s"] = benchmark::Counter(flops, benchmark::Counter::kIsRate);
  state.SetLabel(instruction_set());
}
BENCHMARK(peak)
    ->ThreadRange(1, static_cast<int>(std::thread::hardware_concurrency()))
    ->UseRealTime();

/// The operations of the E-step and the M-step for one row and component: differences, a triangular
/// product, squares; differences, weights, first and second moments. Exponentials are not counted.
constexpr double step_flops = (features + features * (features + 1) + 2.0 * features) +
                              (features + features + features + features * (features + 1));

void em_step(benchmark::State& state) {
  const auto k = static_cast<size_t>(state.range(0));
  const Matrix data = random_rows(1024);
  const RowBlocks rows(data);
  MixtureSettings settings;
  settings.components = static_cast<int>(k);
  settings.max_iterations = 1;
  const MixtureDensity density(fit_mixture(rows, settings, Threads(1)).mixture);
  AlignedDoubles joint(k * block_rows), moments(k * moment_count(features) * sum_lanes);
  alignas(64) double log_density[block_rows];
  BlockReader block(rows);
  for (auto _ : state)
    for (size_t b = 0; b < rows.blocks(); ++b) {
      density.log_joint(block(b), joint.data());
      normalize_block(joint.data(), k, rows.valid(b), log_density);
      for (size_t c = 0; c < k; ++c)
        add_moments_block(block(b), features, data.row(0).data(), joint.data() + c * block_rows,
                          moments.data() + c * moment_count(features) * sum_lanes);
      benchmark::DoNotOptimize(moments.data());
    }
  state.counters["FLOP/s"] = benchmark::Counter(
      step_flops * static_cast<double>(1024 * k) * static_cast<double>(state.iterations()),
      benchmark::Counter::kIsRate);
}
BENCHMARK(em_step)->Arg(1)->Arg(6)->Arg(20)->Threads(1)->Threads(2)->UseRealTime();

void e_step(benchmark::State& state) {
  const Matrix data = random_rows(1024);
  const RowBlocks rows(data);
  Matrix inverse = Matrix::Identity(features, features);
  AlignedDoubles joint(block_rows);
  BlockReader block(rows);
  for (auto _ : state)
    for (size_t b = 0; b < rows.blocks(); ++b) {
      log_joint_block(block(b), features, {data.data(), inverse.data(), 0.0}, joint.data());
      benchmark::DoNotOptimize(joint.data());
    }
  state.counters["FLOP/s"] =
      benchmark::Counter((features + features * (features + 1) + 2.0 * features) * 1024 *
                             static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate);
}
BENCHMARK(e_step)->Threads(1)->Threads(2)->UseRealTime();

void normalize(benchmark::State& state) {
  AlignedDoubles joint(6 * block_rows);
  alignas(64) double log_density[block_rows];
  for (auto _ : state) {
    for (size_t i = 0; i < 6 * block_rows; ++i) joint[i] = -static_cast<double>(i % 37);
    normalize_block(joint.data(), 6, block_rows, log_density);
    benchmark::DoNotOptimize(joint.data());
  }
  state.SetItemsProcessed(state.iterations() * 6 * static_cast<int64_t>(block_rows));
}
BENCHMARK(normalize)->Threads(1)->Threads(2)->UseRealTime();

void moments(benchmark::State& state) {
  const Matrix data = random_rows(1024);
  const RowBlocks rows(data);
  AlignedDoubles weights(block_rows), sums(moment_count(features) * sum_lanes);
  BlockReader block(rows);
  for (auto _ : state)
    for (size_t b = 0; b < rows.blocks(); ++b) {
      add_moments_block(block(b), features, data.data(), weights.data(), sums.data());
      benchmark::DoNotOptimize(sums.data());
    }
  state.counters["FLOP/s"] = benchmark::Counter(
      (3.0 * features + features * (features + 1)) * 1024 * static_cast<double>(state.iterations()),
      benchmark::Counter::kIsRate);
}
BENCHMARK(moments)->Threads(1)->Threads(2)->UseRealTime();

void kmeans_start(benchmark::State& state) {
  const Matrix data = random_rows(29655);
  const RowBlocks rows(data);
  for (auto _ : state) {
    RandomState random(42);
    benchmark::DoNotOptimize(kmeans(rows, static_cast<int>(state.range(0)), random, Threads(1)));
  }
}
BENCHMARK(kmeans_start)->Arg(6)->Arg(20)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace uhuru::method
