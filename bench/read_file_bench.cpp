// Reads the table named by the environment variable UHURU_BENCH_FILE, with all processors.
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

void read_file(benchmark::State& state) {
  const char* path = std::getenv("UHURU_BENCH_FILE");
  if (!path) return state.SkipWithError("UHURU_BENCH_FILE names no table");
  const Threads threads;
  for (auto _ : state) benchmark::DoNotOptimize(io::read_table(path, threads));
}
BENCHMARK(read_file)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace uhuru
