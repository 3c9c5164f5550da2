#include "uhuru/pipeline/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "uhuru/base/error.hpp"
#include "uhuru/base/json.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/pipeline/cluster.hpp"
#include "uhuru/pipeline/input.hpp"

namespace uhuru {
namespace {

using Json = nlohmann::ordered_json;

/// The classes without a score in any cluster.
std::vector<std::string> unlearned_classes(const ClassScores& scores, const Recipe& recipe) {
  std::vector<std::string> classes;
  for (size_t c = 0; c < recipe.classes.size(); ++c)
    if (std::none_of(scores.begin(), scores.end(),
                     [&](const auto& cluster) { return cluster[c].has_value(); }))
      classes.push_back(recipe.classes[c]);
  return classes;
}

Json file_record(const Input& input) {
  return {{"name", input.name()}, {"sha256", input.sha256()}};
}

Json counts_json(const RunSummary& summary) {
  Json missing = Json::object();
  for (const auto& [kind, count] : summary.selection.missing) missing[kind] = count;
  const LabelCounts& labels = summary.classification.labels;
  return {{"read", summary.selection.read},
          {"not_selected", summary.selection.not_selected},
          {"without", std::move(missing)},
          {"clustered", summary.selection.kept},
          {"labelled", labels.with_class},
          {"other_label", labels.other_label},
          {"ambiguous_label", labels.ambiguous},
          {"without_label", labels.without_label},
          {"classified", summary.classification.classified},
          {"without_class", summary.classification.without_class},
          {"sources_unique", summary.sources_unique},
          {"sources_ambiguous", summary.sources_ambiguous},
          {"sources_without_class", summary.sources_without_class}};
}

}  // namespace

Clustering cluster_detections(const Detections& detections, const Recipe& recipe,
                              const Threads& threads, const Progress& progress) {
  if (detections.features.rows() < recipe.mixture.components)
    throw input_error(
        "there are fewer detections than components", "",
        fmt::format("at least {} detections that have every feature", recipe.mixture.components),
        fmt::format("{}", detections.features.rows()));
  Clustering result;
  result.scaling = fit_scaling(detections.features, recipe);
  result.scaled = detections.features;
  apply_scaling(result.scaling, result.scaled);
  result.fit = fit_mixture(result.scaled, recipe.mixture, threads, progress);
  return result;
}

Classification classify_detections(const Table& detections, const Matrix& features,
                                   const Matrix& scaled, const std::vector<int>& clusters,
                                   size_t cluster_count, const std::vector<std::string>& labels,
                                   const Recipe& recipe, const Threads& threads) {
  Classification result;
  const auto classes = label_classes(labels, recipe, result.counts.labels);
  Stopwatch stopwatch;
  result.scores = train_class_scores(scaled, clusters, classes, cluster_count,
                                     recipe.classes.size(), recipe.min_members);
  result.probability_seconds = stopwatch.since_last();
  bool any = false;
  for (const auto& cluster : result.scores)
    for (const auto& score : cluster) any = any || score.has_value();
  if (!any)
    throw input_error(
        "no class can be learned", "",
        fmt::format("a class with at least {} labelled detections in one cluster",
                    recipe.min_members),
        fmt::format("{} detections with the label of a class", result.counts.labels.with_class));
  std::vector<size_t> rows;
  for (const size_t row : rows_by_name(detections, recipe))
    if (classes[row] == -1) rows.push_back(row);
  const auto n = static_cast<Eigen::Index>(rows.size());
  Matrix kept(n, features.cols());
  Matrix kept_scaled(n, features.cols());
  Classified classified;
  for (size_t i = 0; i < rows.size(); ++i) {
    kept.row(static_cast<Eigen::Index>(i)) = features.row(static_cast<Eigen::Index>(rows[i]));
    kept_scaled.row(static_cast<Eigen::Index>(i)) = scaled.row(static_cast<Eigen::Index>(rows[i]));
    classified.clusters.push_back(clusters[rows[i]]);
  }
  stopwatch.since_last();
  RowClasses found = classify_rows(result.scores, classified.clusters, kept_scaled,
                                   recipe.classes.size(), threads);
  result.probability_seconds += stopwatch.since_last();
  classified.classes = std::move(found.classes);
  classified.probabilities = std::move(found.probabilities);
  for (const int c : classified.classes)
    ++(c >= 0 ? result.counts.classified : result.counts.without_class);
  const Table chosen = detections.select(rows);
  result.table = class_table_header(chosen, recipe, false);
  append_classes(chosen, classified, kept, recipe, nullptr, result.table);
  return result;
}

RunSummary run(const RunOptions& options, const Recipe& recipe, const Threads& threads,
               const Progress& progress) {
  RunSummary summary;
  summary.files = {"detection_level_classification.csv",
                   "uniquely_classified.csv",
                   "ambiguous_classification.csv",
                   "clusters.csv",
                   "model.json",
                   "run.json"};
  OutputFolder folder(options.out, summary.files, options.overwrite);
  Stopwatch stopwatch;
  const Input detections_input(options.detections);
  const Input labels_input(options.labels);
  const auto reader = detections_input.open(threads);
  Detections detections = read_detections(*reader, recipe, progress);
  const Table labels_table = read_table(*labels_input.open(threads));
  summary.selection = detections.counts;
  summary.notes = detections.notes;
  stopwatch.lap("read");

  const auto labels =
      find_labels(detections, labels_table, options.join, options.radius_arcsec, recipe, threads);
  stopwatch.lap("labels");

  const Clustering clustering = cluster_detections(detections, recipe, threads, progress);
  summary.components = recipe.mixture.components;
  summary.iterations = clustering.fit.iterations;
  summary.converged = clustering.fit.converged;
  summary.mean_log_likelihood = clustering.fit.mean_log_likelihood;
  if (!summary.converged)
    summary.notes.push_back(fmt::format("the mixture did not settle within {} iterations",
                                        recipe.mixture.max_iterations));
  stopwatch.lap("mixture");

  Classification classification = classify_detections(
      detections.table, detections.features, clustering.scaled, clustering.fit.labels,
      static_cast<size_t>(recipe.mixture.components), labels, recipe, threads);
  summary.classification = classification.counts;
  if (const auto unlearned = unlearned_classes(classification.scores, recipe); !unlearned.empty())
    summary.notes.push_back(
        fmt::format("with fewer than {} labelled detections in every cluster, "
                    "these classes were not learned: {}",
                    recipe.min_members, join(unlearned, ", ")));
  stopwatch.add("probabilities", classification.probability_seconds);
  stopwatch.add("classify", stopwatch.since_last() - classification.probability_seconds);

  const Vote votes = vote(classification.table, recipe, threads);
  summary.sources_unique = votes.unique.rows();
  summary.sources_ambiguous = votes.ambiguous.rows();
  summary.sources_without_class = votes.sources_without_class;
  stopwatch.lap("vote");

  Model model = mixture_model(recipe, clustering.scaling, medians(detections.features),
                              clustering.fit.mixture, detections.counts.kept);
  model.scores = std::move(classification.scores);
  model.training_labelled = classification.counts.labels.with_class;
  // Side by side, the largest first.
  Json detections_record, labels_record;
  const std::vector<std::function<void()>> outputs = {
      [&] { write_table(folder.file(summary.files[0]), with_row_numbers(classification.table)); },
      [&] {
        write_table(folder.file(summary.files[3]),
                    cluster_table(detections.table, labels, clustering.fit.labels,
                                  detections.features, recipe));
      },
      [&] { write_table(folder.file(summary.files[1]), votes.unique); },
      [&] { write_table(folder.file(summary.files[2]), votes.ambiguous); },
      [&] { detections_record = file_record(detections_input); },
      [&] { labels_record = file_record(labels_input); }};
  threads.run(outputs.size(), [&](size_t i) { outputs[i](); });
  save_model(model, folder.file(summary.files[4]), Overwrite::no);
  stopwatch.lap("write");

  summary.seconds = stopwatch.seconds();
  Json seconds = Json::object();
  for (const auto& [stage, time] : summary.seconds) seconds[stage] = time;
  Json record;
  record["uhuru_version"] = UHURU_VERSION;
  record["recipe"] = recipe.name;
  record["detections"] = std::move(detections_record);
  record["labels"] = std::move(labels_record);
  record["join"] = options.join == LabelJoin::name ? "name" : "position";
  record["radius_arcsec"] = options.radius_arcsec;
  record["seed"] = recipe.mixture.seed;
  record["counts"] = counts_json(summary);
  record["mixture"] = {{"components", summary.components},
                       {"iterations", summary.iterations},
                       {"converged", summary.converged},
                       {"mean_log_likelihood", summary.mean_log_likelihood}};
  record["notes"] = summary.notes;
  record["threads"] = threads.count();
  record["seconds"] = std::move(seconds);
  OutputFile file(folder.file(summary.files[5]), Overwrite::no);
  file.write(readable_json(record));
  file.commit();
  folder.commit();
  return summary;
}

}  // namespace uhuru
