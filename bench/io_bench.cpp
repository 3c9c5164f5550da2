// Reads and writes one table in each format: 20,000 rows of 20 columns, mostly doubles.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <string>

#include "uhuru/base/numpy.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

Table measurements(size_t rows) {
  RandomState random(1);
  Table table;
  for (size_t c = 0; c < 20; ++c) {
    Field field;
    field.name = "column" + std::to_string(c);
    field.type = c == 0 ? Type::text : c < 3 ? Type::int32 : Type::float64;
    Column& column = table.add(field);
    for (size_t row = 0; row < rows; ++row) {
      if (random.uniform() < 0.1)
        column.append_missing();
      else if (field.type == Type::text)
        column.append_text("2CXO J" + std::to_string(random.integer(1000000)));
      else
        column.append_number(field.type == Type::int32 ? static_cast<double>(random.integer(100000))
                                                       : random.uniform() * 1e-12);
    }
  }
  return table;
}

const Table& table() {
  static const Table whole = measurements(20000);
  return whole;
}

/// A file of this process, removed when the program ends.
struct ScratchFile {
  explicit ScratchFile(const std::string& ending)
      : path(std::filesystem::temp_directory_path() / ("uhuru-bench" + ending)) {}
  ~ScratchFile() { std::filesystem::remove(path); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  std::filesystem::path path;
};

void count(benchmark::State& state, const std::filesystem::path& path) {
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) *
                          static_cast<int64_t>(std::filesystem::file_size(path)));
}

void read(benchmark::State& state, const char* ending, io::Format format) {
  const ScratchFile file(ending);
  io::write_table(file.path, table(), {io::Overwrite::yes, format});
  for (auto _ : state) benchmark::DoNotOptimize(io::read_table(file.path));
  count(state, file.path);
}

void write(benchmark::State& state, const char* ending, io::Format format) {
  const ScratchFile file(ending);
  for (auto _ : state) io::write_table(file.path, table(), {io::Overwrite::yes, format});
  count(state, file.path);
}

BENCHMARK_CAPTURE(read, votable, ".vot", io::Format::votable)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read, votable_binary2, ".vot", io::Format::votable_binary2)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read, fits, ".fits", io::Format::fits)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read, csv, ".csv", io::Format::csv)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(write, votable, ".vot", io::Format::votable)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(write, fits, ".fits", io::Format::fits)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(write, csv, ".csv", io::Format::csv)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace uhuru
