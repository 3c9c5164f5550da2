#include "uhuru/pipeline/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "uhuru/base/error.hpp"
#include "uhuru/base/hash.hpp"
#include "uhuru/base/json.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/byte_source.hpp"

namespace uhuru {
namespace {

using Json = nlohmann::ordered_json;

/// Times stage after stage.
class Stopwatch {
 public:
  explicit Stopwatch(RunSummary& summary) : summary_(summary) {}
  void lap(const std::string& stage) {
    const auto now = std::chrono::steady_clock::now();
    summary_.seconds.emplace_back(stage, std::chrono::duration<double>(now - start_).count());
    start_ = now;
  }

 private:
  RunSummary& summary_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// A table to read and to hash: standard input goes to a file first.
class Input {
 public:
  Input(const std::string& name, const Threads& threads) : name_(name), path_(name) {
    if (name == "-") {
      const auto source = ByteSource::open("-");
      spool_ = std::make_unique<SpooledFile>(*source);
      path_ = spool_->path();
    }
    reader_ = open_table(path_, threads);
  }
  TableReader& reader() { return *reader_; }
  Json record() const {
    return {{"name", name_ == "-" ? "standard input" : name_},
            {"sha256", sha256_of_file(split_table_name(path_).first)}};
  }

 private:
  std::string name_, path_;
  std::unique_ptr<SpooledFile> spool_;
  std::unique_ptr<TableReader> reader_;
};

/// The classes without a score in any cluster.
std::vector<std::string> unlearned_classes(const ClassScores& scores, const Recipe& recipe) {
  std::vector<std::string> classes;
  for (size_t c = 0; c < recipe.classes.size(); ++c)
    if (std::none_of(scores.begin(), scores.end(),
                     [&](const auto& cluster) { return cluster[c].has_value(); }))
      classes.push_back(recipe.classes[c]);
  return classes;
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

Model model_of(const Detections& detections, const Clustering& clustering, const Recipe& recipe) {
  Model model;
  model.name = recipe.name;
  model.note =
      fmt::format("Trained by uhuru {} with recipe {}, {} components, seed {}.", UHURU_VERSION,
                  recipe.name, recipe.mixture.components, recipe.mixture.seed);
  model.recipe = recipe;
  model.scaling = clustering.scaling;
  model.medians = medians(detections.features);
  model.mixture = clustering.fit.mixture;
  model.version = UHURU_VERSION;
  model.training_rows = detections.counts.kept;
  return model;
}

Classification classify_detections(const Table& detections, const Matrix& features,
                                   const Matrix& scaled, const std::vector<int>& clusters,
                                   size_t cluster_count, const std::vector<std::string>& labels,
                                   const Recipe& recipe) {
  Classification result;
  const auto classes = label_classes(labels, recipe, result.counts.labels);
  result.scores = train_class_scores(scaled, clusters, classes, cluster_count,
                                     recipe.classes.size(), recipe.min_members);
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
  Classified classified;
  const auto n = static_cast<Eigen::Index>(rows.size());
  classified.probabilities.resize(n, static_cast<Eigen::Index>(recipe.classes.size()));
  Matrix kept(n, features.cols());
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(rows[i]);
    const std::span<double> probabilities(
        classified.probabilities.row(static_cast<Eigen::Index>(i)).data(), recipe.classes.size());
    const bool found = class_probabilities(result.scores, clusters[rows[i]],
                                           scaled.row(row).transpose(), probabilities);
    classified.clusters.push_back(clusters[rows[i]]);
    classified.classes.push_back(found ? most_probable(probabilities) : -1);
    ++(found ? result.counts.classified : result.counts.without_class);
    kept.row(static_cast<Eigen::Index>(i)) = features.row(row);
  }
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
  Stopwatch stopwatch(summary);
  Input detections_input(options.detections, threads);
  Input labels_input(options.labels, threads);
  Detections detections = read_detections(detections_input.reader(), recipe, progress);
  const Table labels_table = read_table(labels_input.reader());
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
      static_cast<size_t>(recipe.mixture.components), labels, recipe);
  summary.classification = classification.counts;
  if (const auto unlearned = unlearned_classes(classification.scores, recipe); !unlearned.empty())
    summary.notes.push_back(
        fmt::format("with fewer than {} labelled detections in every cluster, "
                    "these classes were not learned: {}",
                    recipe.min_members, join(unlearned, ", ")));
  stopwatch.lap("classify");

  const Vote votes = vote(classification.table, recipe);
  summary.sources_unique = votes.unique.rows();
  summary.sources_ambiguous = votes.ambiguous.rows();
  summary.sources_without_class = votes.sources_without_class;
  stopwatch.lap("vote");

  Model model = model_of(detections, clustering, recipe);
  model.scores = std::move(classification.scores);
  model.training_labelled = classification.counts.labels.with_class;
  const Table clusters =
      cluster_table(detections.table, labels, clustering.fit.labels, detections.features, recipe);
  WriteOptions write;
  write.threads = threads;
  write_table(folder.file(summary.files[0]), with_row_numbers(classification.table), write);
  write_table(folder.file(summary.files[1]), votes.unique, write);
  write_table(folder.file(summary.files[2]), votes.ambiguous, write);
  write_table(folder.file(summary.files[3]), clusters, write);
  save_model(model, folder.file(summary.files[4]), Overwrite::no);
  stopwatch.lap("write");

  Json seconds = Json::object();
  for (const auto& [stage, time] : summary.seconds) seconds[stage] = time;
  Json record;
  record["uhuru_version"] = UHURU_VERSION;
  record["recipe"] = recipe.name;
  record["detections"] = detections_input.record();
  record["labels"] = labels_input.record();
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
