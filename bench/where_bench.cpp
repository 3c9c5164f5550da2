// Conditions as expressions on a million sources, together and row by row.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "uhuru/base/numpy.hpp"
#include "uhuru/base/temporary.hpp"
#include "uhuru/catalog/column_store.hpp"
#include "uhuru/catalog/selection.hpp"
#include "uhuru/catalog/sky_map.hpp"
#include "uhuru/catalog/sqlite.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/recipe/expression.hpp"

namespace uhuru {
namespace {

constexpr size_t sources = 1'000'000;

/// A catalog with what these conditions read; a tenth of hard_hs is missing.
void write_sources(const std::string& path) {
  auto file = catalog::Database::create(path);
  file.execute(fmt::format(
      "BEGIN; PRAGMA application_id = {}; PRAGMA user_version = {};"
      "CREATE TABLE meta (key TEXT, value TEXT); CREATE TABLE detections (id INTEGER PRIMARY KEY);"
      "CREATE VIRTUAL TABLE source_positions USING rtree(id, x0, x1, y0, y1, z0, z1);"
      "CREATE TABLE columns (table_name, position, column_name, name, type, unit, ucd, description,"
      " role, verbosity, class_or_group);"
      "CREATE TABLE sources (id INTEGER PRIMARY KEY, name TEXT, ra REAL, dec REAL, class_name TEXT,"
      " hard_hs REAL, p_group_xb REAL)",
      catalog::catalog_application_id, catalog::catalog_format));
  int position = 0;
  for (const auto& [name, type, role] : {std::array{"name", "text", "name"},
                                         {"ra", "double", "ra"},
                                         {"dec", "double", "dec"},
                                         {"class_name", "text", "class"},
                                         {"hard_hs", "double", "feature"},
                                         {"p_group_xb", "double", "probability of group"}})
    file.execute(fmt::format(
        "INSERT INTO columns VALUES ('sources', {}, '{}', '{}', '{}', '', '', '', '{}', 1, 'XB')",
        position++, name, name, type, role));
  RandomState random(1);
  catalog::Statement add(file, "INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?, ?)");
  for (size_t id = 1; id <= sources; ++id) {
    const std::string name = "S" + std::to_string(id);
    add.bind(1, static_cast<int64_t>(id));
    add.bind(2, std::string_view(name));
    add.bind(3, 360 * random.uniform());
    add.bind(4, std::asin(2 * random.uniform() - 1) / sky::radians_per_degree);
    add.bind(5, std::string_view(id % 3 ? "QSO" : "HMXB"));
    add.bind(6, random.uniform() < 0.1 ? NAN : 2 * random.uniform() - 1);
    add.bind(7, random.uniform());
    add.run();
  }
  file.execute("COMMIT");
}

struct WhereSources {
  WhereSources()
      : path((write_sources(folder.file("catalog.sqlite")), folder.file("catalog.sqlite"))),
        store(path, Threads(2)),
        maps(store, Threads(2)) {}
  io::TemporaryFolder folder{temporary_parent()};
  std::string path;
  catalog::ColumnStore store;
  catalog::SkyMaps maps;
};

const WhereSources& where_sources() {
  static const WhereSources made;
  return made;
}

/// Argument: threads.
void where(benchmark::State& state, const std::string& expression) {
  const WhereSources& from = where_sources();
  const Threads threads(static_cast<int>(state.range(0)));
  for (auto _ : state)
    benchmark::DoNotOptimize(
        catalog::select_sources(from.store, from.maps, {.where = {expression}}, {}, threads)
            .count());
}

constexpr const char* of_numbers = "hard_hs > 0.2 and P(XB) > 0.8";
BENCHMARK_CAPTURE(where, numbers, of_numbers)
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(where, texts, std::string("class in ('HMXB', 'LMXB') or missing(hard_hs)"))
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(where, lasso,
                  std::string("inside(hard_hs, log10(group_XB), -0.5, -1, 0.5, -1, 0, -0.1)"))
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(where, regions,
                  std::string("cone(83.8, -5.4, 1) or sky('galactic', -1, -1, 1, -1, 0, 1)"))
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// Arguments: positions, threads.
void where_near(benchmark::State& state) {
  RandomState random(2);
  std::string expression = "near(5";
  for (int64_t i = 0; i < state.range(0); ++i)
    expression += fmt::format(", {:.6f}, {:.6f}", 360 * random.uniform(),
                              std::asin(2 * random.uniform() - 1) / sky::radians_per_degree);
  expression += ")";
  const WhereSources& from = where_sources();
  const Threads threads(static_cast<int>(state.range(1)));
  for (auto _ : state)
    benchmark::DoNotOptimize(
        catalog::select_sources(from.store, from.maps, {.where = {expression}}, {}, threads)
            .count());
}
BENCHMARK(where_near)->Args({10000, 2})->UseRealTime()->Unit(benchmark::kMillisecond);

/// The first expression, one row after the other in one thread.
void where_row_by_row(benchmark::State& state) {
  const WhereSources& from = where_sources();
  const recipe::Expression expression("hard_hs > 0.2 and group_XB > 0.8");
  const auto& hard_hs = from.store.at("hard_hs").numbers;
  const auto& probability = from.store.at("group_XB").numbers;
  for (auto _ : state) {
    size_t count = 0;
    for (size_t row = 0; row < sources; ++row)
      count += expression(std::vector<double>{hard_hs[row], probability[row]}) == 1;
    benchmark::DoNotOptimize(count);
  }
}
BENCHMARK(where_row_by_row)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace uhuru
