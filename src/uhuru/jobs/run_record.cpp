#include "uhuru/jobs/run_record.hpp"

#include "uhuru/base/hash.hpp"
#include "uhuru/base/json.hpp"
#include "uhuru/jobs/catalog_file.hpp"
#include "uhuru/model/bayes_json.hpp"
#include "uhuru/tables/run_files.hpp"

namespace uhuru::jobs {
namespace {

using Json = nlohmann::ordered_json;

Json counts_json(const RunSummary& summary) {
  Json missing = Json::object();
  for (const auto& [kind, count] : summary.selection.missing) missing[kind] = count;
  const recipe::LabelCounts& labels = summary.classification.labels;
  return {{"read", summary.selection.read},
          {"not_selected", summary.selection.not_selected},
          {"without", std::move(missing)},
          {"without_features", summary.selection.without_features},
          {"repeated", summary.selection.repeated},
          {"clustered", summary.selection.kept},
          {"incomplete", summary.selection.incomplete},
          {"values_out_of_range", summary.selection.out_of_range},
          {"measurements_under_several_names", summary.shared.measurements},
          {"detections_of_these", summary.shared.detections},
          {"with_counterpart", summary.matches.matched},
          {"contradictory_label", summary.matches.contradictory},
          {"labelled", labels.with_class},
          {"other_label", labels.other_label},
          {"ambiguous_label", labels.ambiguous},
          {"without_label", labels.without_label},
          {"classified", summary.classification.classified},
          {"classified_with_missing_features", summary.with_missing},
          {"without_class", summary.classification.without_class},
          {"sources_unique", summary.sources_unique},
          {"sources_ambiguous", summary.sources_ambiguous},
          {"sources_without_class", summary.sources_without_class}};
}

}  // namespace

Json run_record(const RunOptions& options, const recipe::Recipe& recipe, const RunSummary& summary,
                const InputRecords& inputs, const Threads& threads) {
  Json seconds = Json::object();
  for (const auto& [stage, time] : summary.seconds) seconds[stage] = time;
  Json record;
  record["uhuru_version"] = UHURU_VERSION;
  record["recipe"] = recipe.name;
  record["method"] = recipe::method_name(recipe.method);
  if (recipe.method == method::Method::bayes) {
    record["missing"] = recipe.integrates() ? "integrate" : "drop";
    record["prior"] = model::prior_json(options.prior, recipe);
    record["coverage"] = options.coverage;
  }
  record["detections"] = inputs.first;
  record["labels"] = inputs.second;
  for (const auto& [table, origin] : options.fetched) record["fetched"][table] = origin;
  if (!options.simulated_from.empty()) record["simulated_from"] = options.simulated_from;
  record["join"] = recipe::join_name(options.join);
  record["radius_arcsec"] = options.radius_arcsec;
  record["unique_detections"] = options.unique_detections;
  record["seed"] = recipe.mixture.seed;
  record["counts"] = counts_json(summary);
  record["mixture"] = {{"from", options.clusters ? options.clusters->name : "these detections"},
                       {"components", summary.components},
                       {"iterations", summary.iterations},
                       {"converged", summary.converged},
                       {"mean_log_likelihood", summary.mean_log_likelihood}};
  record["notes"] = summary.notes;
  record["threads"] = threads.count();
  record["seconds"] = std::move(seconds);
  return record;
}

void write_record(const io::OutputFolder& folder, Json record, const recipe::Recipe& recipe,
                  Digests companions, const std::vector<std::string>& files) {
  const std::string catalog = folder.file(tables::run_file::catalog);
  catalog::write_catalog_meta(catalog, catalog_meta(record, recipe));
  companions[tables::run_file::catalog] = sha256_of_file(catalog);
  for (const std::string& name : files)
    if (name != tables::run_file::record) record["files"][name] = companions.at(name);
  io::write_text(folder.file(tables::run_file::record), readable_json(record), io::Overwrite::no);
}

}  // namespace uhuru::jobs
