// The cross-match of two catalogs over the whole sky, and in a dense field; the map of the sky.
#include <benchmark/benchmark.h>

#include <cmath>

#include "uhuru/base/numpy.hpp"
#include "uhuru/sky/crossmatch.hpp"
#include "uhuru/sky/mollweide.hpp"

namespace uhuru {
namespace {

std::vector<sky::SkyPosition> whole_sky(size_t rows, RandomState& random) {
  std::vector<sky::SkyPosition> sky(rows);
  for (sky::SkyPosition& position : sky)
    position = {360 * random.uniform(),
                std::asin(2 * random.uniform() - 1) / sky::radians_per_degree};
  return sky;
}

/// Every second row is 0.5 arcsec (one sigma in each direction) from a position of the other
/// catalog, the others are anywhere.
std::vector<sky::SkyPosition> counterparts(const std::vector<sky::SkyPosition>& sky,
                                           RandomState& random) {
  std::vector<sky::SkyPosition> result = whole_sky(sky.size(), random);
  for (size_t i = 0; i < sky.size(); i += 2)
    result[i] = sky::offset_position(sky[random.integer(sky.size())],
                                     0.5 / 3600 * std::hypot(random.normal(), random.normal()),
                                     360 * random.uniform());
  return result;
}

/// Arguments: rows of each catalog, threads. Radius 1 arcsec, best match.
void crossmatch_whole_sky(benchmark::State& state) {
  RandomState random(1);
  const auto left = whole_sky(static_cast<size_t>(state.range(0)), random);
  const auto right = counterparts(left, random);
  const Threads threads(static_cast<int>(state.range(1)));
  for (auto _ : state)
    benchmark::DoNotOptimize(sky::crossmatch(left, right, 1, sky::MatchFind::best, threads));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(crossmatch_whole_sky)
    ->ArgsProduct({{100'000, 1'000'000}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

/// All positions in one field of 1 arcmin, about 28 of them in each circle.
void crossmatch_dense_field(benchmark::State& state) {
  RandomState random(1);
  std::vector<sky::SkyPosition> sky[2];
  for (auto& positions : sky)
    for (int64_t i = 0; i < state.range(0); ++i)
      positions.push_back({150 + random.uniform() / 60, 2 + random.uniform() / 60});
  const double radius_arcsec = std::sqrt(28 * 3600 / 3.14 / static_cast<double>(state.range(0)));
  for (auto _ : state)
    benchmark::DoNotOptimize(
        sky::crossmatch(sky[0], sky[1], radius_arcsec, sky::MatchFind::best, Threads(1)));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(crossmatch_dense_field)->Arg(100'000)->Unit(benchmark::kMillisecond);

void map_of_whole_sky(benchmark::State& state) {
  RandomState random(1);
  const auto sky = whole_sky(1'000'000, random);
  for (auto _ : state)
    for (const sky::SkyPosition& position : sky)
      benchmark::DoNotOptimize(sky::mollweide(position.ra_deg, position.dec_deg));
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(sky.size()));
}
BENCHMARK(map_of_whole_sky)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace uhuru
