#include "uhuru/jobs/classify.hpp"

#include "uhuru/method/classify/class_scores.hpp"
#include "uhuru/method/scaling.hpp"
#include "uhuru/recipe/source_columns.hpp"
#include "uhuru/tables/tables.hpp"

namespace uhuru::jobs {
namespace {

/// The published scores of the labelled detections.
method::ClassScores learn_scores(const recipe::ClusteredDetections& clustered, const Matrix& scaled,
                                 const recipe::LabelledClasses& labelled,
                                 const recipe::Recipe& recipe) {
  std::vector<size_t> rows;
  std::vector<method::ClassId> classes;
  std::vector<method::ClusterId> clusters;
  for (size_t row = 0; row < labelled.known.size(); ++row) {
    if (!labelled.known[row]) continue;
    rows.push_back(row);
    classes.push_back(*labelled.known[row]);
    clusters.push_back(clustered.clusters[row]);
  }
  auto scores = method::train_class_scores(take_rows(scaled, rows), clusters, classes,
                                           clustered.cluster_count, recipe.classes.size(),
                                           recipe.min_members);
  method::require_class(scores, recipe.min_members, rows.size());
  return scores;
}

}  // namespace

Classification classify_clustered(const recipe::ClusteredDetections& clustered,
                                  const std::vector<std::string>& labels,
                                  const recipe::Recipe& recipe, const Threads& threads) {
  const recipe::Detections& detections = clustered.detections;
  Classification result;
  result.notes = detections.notes;
  std::vector<std::string> settled = labels;
  if (auto note = recipe::settle_contradictions(
          detections.table, recipe::source_numbers(detections.table, recipe), recipe, settled);
      !note.empty())
    result.notes.push_back(std::move(note));
  const recipe::LabelledClasses labelled = recipe::label_classes(settled, recipe);
  result.counts.labels = labelled.counts;
  const Matrix scaled =
      method::scaled(method::fit_scaling(detections.features, recipe.method_settings().features),
                     detections.features);
  const auto scores = learn_scores(clustered, scaled, labelled, recipe);

  const auto rows = recipe::source_rows(detections.table, recipe).only(labelled.to_classify).rows;
  method::Posteriors posteriors;
  for (const size_t row : rows) posteriors.clusters.emplace_back(clustered.clusters[row]);
  method::RowClasses found = method::classify_rows(
      scores, posteriors.clusters, take_rows(scaled, rows), recipe.classes.size(), threads);
  posteriors.classes = std::move(found.classes);
  posteriors.probabilities = std::move(found.probabilities);
  for (const auto& id : posteriors.classes)
    ++(id ? result.counts.classified : result.counts.without_class);
  const Table chosen = detections.table.select(rows);
  result.table = tables::class_table_header(chosen, recipe, {});
  tables::append_classes(chosen, posteriors, take_rows(detections.features, rows), {}, recipe, {},
                         result.table);
  return result;
}

}  // namespace uhuru::jobs
