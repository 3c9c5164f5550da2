#include "uhuru/jobs/catalog_file.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "uhuru/base/error.hpp"
#include "uhuru/catalog/catalog.hpp"
#include "uhuru/tables/run_files.hpp"
#include "uhuru/tables/run_folder.hpp"
#include "uhuru/tables/vote.hpp"

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

CatalogSummary make_catalog(const CatalogOptions& options, const Threads& threads) {
  CatalogSummary summary;
  summary.out = options.out.empty()
                    ? (fs::path(options.folder) / tables::run_file::catalog).string()
                    : options.out;
  io::check_target(summary.out, options.overwrite);
  io::PendingPath file(summary.out, options.overwrite);
  tables::RunTables tables;
  const tables::RunFolder run = tables::read_run_folder(options.folder, "", threads, &tables);
  const recipe::Recipe& recipe = run.model.recipe;
  const Json record = Json::parse(run.record, nullptr, false);
  if (!record.is_object())
    throw input_error("invalid run record",
                      (fs::path(options.folder) / tables::run_file::record).string(),
                      "a JSON object");
  std::vector<double> tails;
  if (const Column* tail = tables.clusters.find("tail_probability"))
    for (const size_t row : tables.classified_rows) tails.push_back(tail->number(row));
  const auto combining = run.model.combining();
  const auto verdicts = method::vote(tables::read_classes(tables.classified, recipe), tails,
                                     tables.sources.only(tables.labels.to_classify).renumbered(),
                                     combining ? &*combining : nullptr, threads);
  const auto columns = tables::all_columns(run.model, combining ? &*combining : nullptr);
  catalog::write_catalog_file(
      file.path(), {recipe, tables.clusters, tables.labels, tables.sources, tables.classified,
                    tables.classified_rows, verdicts, columns});
  catalog::write_catalog_meta(file.path(), catalog_meta(record, recipe));
  summary.sources = catalog::Catalog(file.path()).source_count();
  summary.detections = tables.clusters.rows();
  summary.bytes = fs::file_size(file.path());
  file.sync();
  file.commit();
  return summary;
}

}  // namespace uhuru::jobs
