#include "uhuru/jobs/catalog_file.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "uhuru/base/error.hpp"
#include "uhuru/base/hash.hpp"
#include "uhuru/base/json_text.hpp"
#include "uhuru/base/temporary.hpp"
#include "uhuru/catalog/catalog.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/io/table_names.hpp"
#include "uhuru/tables/run_files.hpp"
#include "uhuru/tables/run_folder.hpp"

namespace uhuru::jobs {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::vector<std::pair<std::string, std::string>> catalog_meta(Json record,
                                                              const recipe::Recipe& recipe) {
  record.erase("seconds");
  record.erase("threads");
  record.erase("files");
  const auto text = [&](const char* key) { return record.value(key, std::string()); };
  std::vector<std::pair<std::string, std::string>> meta = {
      {"uhuru_version", text("uhuru_version")},
      {"recipe", text("recipe")},
      {"recipe_text", recipe.text},
      {"method", text("method")},
      {"run", record.dump(1, ' ', false, Json::error_handler_t::replace)}};
  Json groups = Json::object();
  for (size_t c = 0; c < recipe.classes.size(); ++c) groups[recipe.classes[c]] = recipe.groups[c];
  meta.emplace_back("groups", groups.dump());
  if (record.contains("simulated_from")) meta.emplace_back("simulated", "yes");
  return meta;
}

namespace {

constexpr const char* catalog_ending = ".sqlite";

/// Where the catalog of results goes if the user does not say.
std::string default_target(const tables::ResultsPath& results) {
  if (results.kind != tables::ResultsKind::table)
    return (fs::path(results.path) / tables::run_file::catalog).string();
  if (results.path == "-" || io::is_joined(results.path))
    throw Error(ErrorKind::usage, "the catalog of these tables has no name", "", "--out FILE");
  fs::path table = io::split_table_name(results.path).first;
  if (table.extension() == ".gz") table.replace_extension();
  return table.replace_extension(catalog_ending).string();
}

/// Writes a catalog to `path`, which is not its final one.
CatalogSummary write_catalog(const tables::ResultsPath& results, const tables::TableOptions& table,
                             const std::string& path, const Threads& threads) {
  tables::RunTables tables;
  const tables::RunFolder run = tables::read_results(results, "", table, threads, &tables);
  const recipe::Recipe& recipe = run.model.recipe;
  const Json record = parse_json<Json>(run.record);
  if (!record.is_object())
    throw input_error("invalid run record",
                      (fs::path(results.path) / tables::run_file::record).string(),
                      "a JSON object");
  catalog::write_catalog_file(path, {recipe, tables.clusters, tables.labels, tables.sources,
                                     tables.classified, tables.classified_rows, tables.verdicts,
                                     tables.columns, run.rows_are_sources, tables.absent});
  catalog::write_catalog_meta(path, catalog_meta(record, recipe));
  CatalogSummary summary;
  summary.sources = catalog::Catalog(path).source_count();
  if (!run.rows_are_sources) summary.detections = tables.clusters.rows();
  summary.bytes = fs::file_size(path);
  summary.notes = run.notes;
  return summary;
}

/// Whether a catalog in a folder was made from the tables that stand there now.
bool is_of_tables(const std::string& catalog, const tables::ResultsPath& results) {
  const Json record = parse_json<Json>(catalog::Catalog(catalog).meta("run"));
  if (!record.is_object() || !record.contains("tables") || !record["tables"].is_array())
    return false;
  return std::all_of(results.files.begin(), results.files.end(), [&](const std::string& name) {
    const Json file = {{"name", name},
                       {"sha256", sha256_of_file((fs::path(results.path) / name).string())}};
    const auto& known = record["tables"];
    // Beside a table of detections, those of sources are not read.
    return name != results.files.front() &&
                   tables::run_file::is_table(results.files.front(), tables::run_file::detections)
               ? true
               : std::find(known.begin(), known.end(), file) != known.end();
  });
}

/// The name of a folder or table, however its path is written.
std::string title_of(const std::string& path) {
  if (path == "-") return "standard input";
  std::error_code error;
  const fs::path whole = fs::canonical(path, error);
  return (error ? fs::path(path) : whole).filename().string();
}

}  // namespace

CatalogSummary make_catalog(const CatalogOptions& options, const Threads& threads) {
  const tables::ResultsPath results = tables::find_results(options.results);
  const std::string out = options.out.empty() ? default_target(results) : options.out;
  io::check_target(out, options.overwrite);
  io::PendingPath file(out, options.overwrite);
  CatalogSummary summary = write_catalog(results, options.table, file.path(), threads);
  summary.out = out;
  file.sync();
  file.commit();
  return summary;
}

ServedCatalog find_or_make_catalog(const std::string& path, const tables::TableOptions& table,
                                   const Threads& threads) {
  const tables::ResultsPath results = tables::find_results(path);
  const bool is_catalog = results.kind == tables::ResultsKind::catalog;
  if (is_catalog && !(table.recipe.empty() && table.class_column.empty()))
    throw Error(ErrorKind::usage, "a catalog has its own recipe and classes", path,
                "--recipe and --class-column only with the tables that a catalog is made of");
  const std::string folder =
      results.catalog == path ? fs::absolute(path).parent_path().string() : path;
  const std::string model = (fs::path(folder) / tables::run_file::model).string();
  ServedCatalog served;
  served.title = title_of(folder);
  served.model = table.model;
  if (served.model.empty() && results.kind != tables::ResultsKind::table && fs::exists(model))
    served.model = model;
  bool is_whole = is_catalog || (!results.catalog.empty() && !table.any());
  if (is_whole && results.kind == tables::ResultsKind::folder &&
      !is_of_tables(results.catalog, results)) {
    is_whole = false;
    served.notes.push_back(results.catalog + " is of other tables than those in its folder");
  }
  if (is_whole) {
    served.catalog = results.catalog;
    return served;
  }
  served.folder = std::make_unique<io::TemporaryFolder>(temporary_parent());
  served.catalog = served.folder->file(tables::run_file::catalog);
  CatalogSummary summary = write_catalog(results, table, served.catalog, threads);
  served.notes.insert(served.notes.end(), summary.notes.begin(), summary.notes.end());
  served.notes.push_back("there is no catalog of " + path +
                         ": a temporary one was made; `uhuru catalog` keeps it");
  return served;
}

}  // namespace uhuru::jobs
