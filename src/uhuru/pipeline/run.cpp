#include "uhuru/pipeline/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "uhuru/base/error.hpp"
#include "uhuru/base/hash.hpp"
#include "uhuru/base/json.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/pipeline/catalog_file.hpp"
#include "uhuru/pipeline/input.hpp"
#include "uhuru/pipeline/predict.hpp"
#include "uhuru/pipeline/records.hpp"

namespace uhuru {
namespace {

using Json = nlohmann::ordered_json;

/// The rows to classify, in the order of `by_name`.
std::vector<size_t> rows_to_classify(const std::vector<size_t>& by_name,
                                     const std::vector<int>& classes) {
  std::vector<size_t> rows;
  for (const size_t row : by_name)
    if (classes[row] == -1) rows.push_back(row);
  return rows;
}

/// The table of some rows' classes, with counts.
Table class_table(const Table& detections, const std::vector<size_t>& rows,
                  const Classified& classified, const Matrix& features, ClassColumns columns,
                  const Recipe& recipe, ClassificationCounts& counts) {
  for (const int c : classified.classes) ++(c >= 0 ? counts.classified : counts.without_class);
  const Table chosen = detections.select(rows);
  Table table = class_table_header(chosen, recipe, columns);
  append_classes(chosen, classified, features, recipe, nullptr, table);
  return table;
}

Json counts_json(const RunSummary& summary) {
  Json missing = Json::object();
  for (const auto& [kind, count] : summary.selection.missing) missing[kind] = count;
  const LabelCounts& labels = summary.classification.labels;
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

/// The SHA-256 of all files but the last, the record itself.
Json companions_json(const OutputFolder& folder, const std::vector<std::string>& files,
                     const Threads& threads) {
  std::vector<std::string> digests(files.size() - 1);
  threads.run(digests.size(),
              [&](size_t i) { digests[i] = sha256_of_file(folder.file(files[i])); });
  Json json = Json::object();
  for (size_t i = 0; i < digests.size(); ++i) json[files[i]] = digests[i];
  return json;
}

/// Counts measurements that stand under several names, and on request keeps each once.
void look_for_repeated(const RunOptions& options, const Recipe& recipe, Detections& detections,
                       RunSummary& summary) {
  MeasurementIndex index(detections.table, recipe);
  index.add(detections.table);
  summary.shared = index.shared();
  if (summary.shared.note.empty() && !options.unique_detections) return;
  if (options.unique_detections) {
    const auto chosen = index.chosen();
    std::vector<size_t> rows;
    for (size_t row = 0; row < chosen.size(); ++row)
      if (chosen[row]) rows.push_back(row);
    detections.counts.repeated = chosen.size() - rows.size();
    detections = detections.take(rows);
  }
  if (!summary.shared.note.empty())
    detections.notes.push_back(summary.shared.note +
                               (options.unique_detections
                                    ? "; each was taken once"
                                    : "; --unique-detections takes each once"));
}

/// The labels of the detections as classes. Throws if nothing can be learned from them.
std::vector<int> classes_of(const std::vector<std::string>& labels, const Detections& detections,
                            const std::string& table, const Recipe& recipe, RunSummary& summary) {
  const auto classes = label_classes(labels, recipe, summary.classification.labels);
  require_labelled(labels, classes, summary.matches, table, recipe);
  const auto& notes = summary.matches.notes;
  summary.notes.insert(summary.notes.end(), notes.begin(), notes.end());
  if (auto note = contradictory_sources(detections.table, source_numbers(detections.table, recipe),
                                        classes, recipe);
      !note.empty())
    summary.notes.push_back(std::move(note));
  return classes;
}

}  // namespace

Classification classify_clustered(const Detections& detections, const std::vector<int>& clusters,
                                  size_t cluster_count, const std::vector<std::string>& labels,
                                  const Recipe& recipe, const Threads& threads) {
  Classification result;
  Clustering clustering;
  clustering.scaled = detections.features;
  clustering.scaling = fit_scaling(detections.features, recipe);
  apply_scaling(clustering.scaling, clustering.scaled);
  clustering.fit.labels = clusters;
  Model model;
  model.recipe = recipe;
  model.recipe.method = Method::mahalanobis;
  model.mixture.weights = Vector::Zero(static_cast<long>(cluster_count));
  const auto classes = label_classes(labels, recipe, result.counts.labels);
  const auto sources = source_numbers(detections.table, recipe);
  train_classes(clustering, {}, classes, sources, threads, model);
  result.notes = detections.notes;
  if (auto note = contradictory_sources(detections.table, sources, classes, recipe); !note.empty())
    result.notes.push_back(std::move(note));
  const auto rows = rows_to_classify(rows_by_name(detections.table, recipe), classes);
  Classified classified;
  for (const size_t row : rows) classified.clusters.push_back(clusters[row]);
  RowClasses found =
      classify_rows(model.scores, classified.clusters, take_rows(clustering.scaled, rows),
                    recipe.classes.size(), threads);
  classified.classes = std::move(found.classes);
  classified.probabilities = std::move(found.probabilities);
  result.table =
      class_table(detections.table, rows, classified, take_rows(detections.features, rows),
                  {.anomalies = false}, recipe, result.counts);
  return result;
}

RunSummary run(const RunOptions& options, const Recipe& recipe, const Threads& threads,
               const Progress& progress) {
  RunSummary summary;
  summary.files = {"detection_level_classification.csv",
                   "uniquely_classified.csv",
                   "ambiguous_classification.csv",
                   "sources.csv",
                   "clusters.csv",
                   "model.json",
                   "catalog.sqlite",
                   "run.json"};
  OutputFolder folder(options.out, summary.files, options.overwrite);
  Stopwatch stopwatch;
  const Input detections_input(options.detections);
  const Input labels_input(options.labels);
  const auto reader = detections_input.open(threads);
  const bool bayes = recipe.method == Method::bayes;
  Detections detections =
      read_detections(*reader, recipe, progress, bayes ? Keep::any_feature : Keep::complete);
  look_for_repeated(options, recipe, detections, summary);
  summary.selection = detections.counts;
  summary.notes = detections.notes;
  stopwatch.lap("read");

  const auto labels =
      find_labels(detections, labels_input, options, recipe, threads, &summary.matches);
  ClassificationCounts& counts = summary.classification;
  const auto classes = classes_of(labels, detections, labels_input.name(), recipe, summary);
  stopwatch.lap("labels");

  const Clustering clustering =
      options.clusters ? cluster_with(*options.clusters, detections.features, threads)
                       : cluster_detections(detections.features, recipe, threads, progress);
  summary.components = static_cast<int>(clustering.fit.mixture.components());
  summary.iterations = clustering.fit.iterations;
  summary.converged = clustering.fit.converged;
  summary.mean_log_likelihood = clustering.fit.mean_log_likelihood;
  if (!summary.converged)
    summary.notes.push_back(fmt::format("the mixture did not converge within {} iterations",
                                        recipe.mixture.max_iterations));
  stopwatch.lap("mixture");

  Model model = mixture_model(recipe, clustering);
  train_classes(clustering, detections.limits, classes, source_numbers(detections.table, recipe),
                threads, model);
  if (const auto unlearned = unlearned_classes(model); !unlearned.empty())
    summary.notes.push_back(
        (bayes ? std::string("without complete labelled detections, ")
               : fmt::format("with fewer than {} labelled detections in every cluster, ",
                             recipe.min_members)) +
        "these classes were not learned: " + join(unlearned, ", "));
  stopwatch.lap("learn");
  const auto by_name = rows_by_name(detections.table, recipe);
  const auto rows = rows_to_classify(by_name, classes);
  const Matrix features = take_rows(detections.features, rows);
  const Prediction prediction = Predictor(model)(features, detections.limits.take(rows), threads);
  for (size_t i = 0; i < rows.size(); ++i)
    summary.with_missing +=
        prediction.features_missing[i] > 0 && prediction.classified.classes[i] >= 0;
  stopwatch.lap("probabilities");
  Table classified =
      class_table(detections.table, rows, prediction.classified, features, {}, recipe, counts);
  stopwatch.lap("classify");

  const Vote votes = vote(classified, recipe, threads, model.bayes ? &*model.bayes : nullptr);
  summary.sources_unique = votes.unique.rows();
  summary.sources_ambiguous = votes.ambiguous.rows();
  summary.sources_without_class = votes.sources_without_class;
  // The published table has only its own columns; clusters.csv has the anomalies of all.
  classified.columns.erase(classified.columns.end() - 3, classified.columns.end());
  stopwatch.lap("vote");

  const Table clusters =
      cluster_table(detections.table, labels, clustering.fit.labels, detections.features,
                    find_anomalies(MixturePlacer(model.mixture), model.density_quantiles,
                                   clustering.scaled, threads),
                    recipe);
  if (options.anomalies) summary.anomalies = most_unusual(clusters, options.anomalies);
  // In parallel, the largest first.
  Json detections_record, labels_record;
  const std::vector<std::function<void()>> outputs = {
      [&] {
        write_catalog_file(folder.file(summary.files[6]),
                           {recipe, clusters, classes, classified, rows, votes.sources, by_name});
      },
      [&] { write_table(folder.file(summary.files[0]), with_row_numbers(classified)); },
      [&] { write_table(folder.file(summary.files[4]), clusters); },
      [&] { write_table(folder.file(summary.files[1]), votes.unique); },
      [&] { write_table(folder.file(summary.files[2]), votes.ambiguous); },
      [&] { write_table(folder.file(summary.files[3]), votes.sources); },
      [&] { detections_record = file_record(detections_input); },
      [&] { labels_record = file_record(labels_input); }};
  threads.run(outputs.size(), [&](size_t i) { outputs[i](); });
  save_model(model, folder.file(summary.files[5]), Overwrite::no);
  stopwatch.lap("write");

  summary.seconds = stopwatch.seconds();
  Json seconds = Json::object();
  for (const auto& [stage, time] : summary.seconds) seconds[stage] = time;
  Json record;
  record["uhuru_version"] = UHURU_VERSION;
  record["recipe"] = recipe.name;
  record["method"] = method_name(recipe.method);
  record["detections"] = std::move(detections_record);
  record["labels"] = std::move(labels_record);
  for (const auto& [table, origin] : options.fetched) record["fetched"][table] = origin;
  if (!options.simulated_from.empty()) record["simulated_from"] = options.simulated_from;
  record["join"] = options.join == LabelJoin::name ? "name" : "position";
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
  write_catalog_meta(folder.file(summary.files[6]), catalog_meta(record, recipe));
  record["files"] = companions_json(folder, summary.files, threads);
  OutputFile file(folder.file(summary.files[7]), Overwrite::no);
  file.write(readable_json(record));
  file.commit();
  folder.commit();
  return summary;
}

}  // namespace uhuru
