#include "uhuru/tables/results_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "uhuru/base/error.hpp"
#include "uhuru/base/folder.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/io/table_names.hpp"
#include "uhuru/tables/run_files.hpp"

namespace uhuru::tables {
namespace {

namespace fs = std::filesystem;

constexpr const char* all_kinds =
    "the folder of a run (run.json), a folder with detection_level_classification.csv, "
    "uniquely_classified.csv, ambiguous_classification.csv or sources.csv, also .fits, .vot, .ecsv "
    "or .tsv, a table with classes, or a catalog";

/// The names of the files in a folder, shortened.
std::string content_of(const std::string& folder) {
  constexpr size_t most = 8;
  std::error_code error;
  auto names = names_in_folder(folder, error);
  if (error) return error.message();
  if (names.empty()) return "an empty folder";
  const size_t more = names.size() - std::min(names.size(), most);
  names.resize(names.size() - more);
  for (std::string& name : names) name = shown(name, 60);
  return "a folder with " + join(names, ", ") + (more ? fmt::format(" and {} more", more) : "");
}

bool is_sqlite(const std::string& path) {
  constexpr std::string_view magic("SQLite format 3\0", 16);
  std::error_code error;
  if (!fs::is_regular_file(path, error))
    return false;  // the content of a pipe can be read only once
  std::array<char, magic.size()> begin{};
  std::ifstream(path, std::ios::binary).read(begin.data(), begin.size());
  return std::string_view(begin.data(), begin.size()) == magic;
}

ResultsPath find_in_folder(const std::string& path) {
  ResultsPath found{ResultsKind::run, path, {}, {}};
  const auto has = [&](const char* name) {
    std::error_code error;
    return fs::is_regular_file(fs::path(path) / name, error);
  };
  if (has(run_file::catalog)) found.catalog = (fs::path(path) / run_file::catalog).string();
  if (has(run_file::record)) return found;
  found.kind = ResultsKind::folder;
  for (const char* name :
       {run_file::detections, run_file::sources, run_file::unique, run_file::ambiguous})
    if (std::string file = run_file::find_table(path, name); !file.empty())
      found.files.push_back(std::move(file));
  if (!found.files.empty()) return found;
  found.kind = ResultsKind::catalog;
  if (!found.catalog.empty()) return found;
  throw input_error("there are no results in the folder", path, all_kinds, content_of(path));
}

}  // namespace

ResultsPath find_results(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return find_in_folder(path);
  if (io::is_joined(path)) return {ResultsKind::table, path, {path}, {}};
  const std::string file = io::split_table_name(path).first;
  if (path != "-" && !fs::exists(file, error))
    throw input_error("there are no results", path, all_kinds,
                      error && error != std::errc::not_a_directory &&
                              error != std::errc::no_such_file_or_directory
                          ? error.message()
                          : "no such file or folder")
        .because(ErrorCause::absent_file);
  if (is_sqlite(file)) return {ResultsKind::catalog, path, {}, path};
  return {ResultsKind::table, path, {path}, {}};
}

}  // namespace uhuru::tables
