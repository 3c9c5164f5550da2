#include "uhuru/jobs/cluster.hpp"

#include <fmt/format.h>

#include "uhuru/base/error.hpp"
#include "uhuru/io/input.hpp"
#include "uhuru/io/ranks_writer.hpp"
#include "uhuru/method/mixture/placement.hpp"
#include "uhuru/recipe/labels.hpp"
#include "uhuru/tables/tables.hpp"

namespace uhuru::jobs {

ScaledFeatures::ScaledFeatures(io::TableReader& reader, const recipe::Recipe& recipe,
                               const Threads& threads, const Progress& progress)
    : rows(recipe.features.size(), method::RowBlocks::default_memory_bytes, reader.ranks()) {
  recipe::DetectionReader detections(reader, recipe);
  Table table = detections.header().empty_copy();
  Matrix features;
  while (detections.next(table, features)) {
    for (Eigen::Index row = 0; row < features.rows(); ++row) rows.append(features.row(row).data());
    if (progress) progress("read", static_cast<uint64_t>(1000 * detections.fraction_read()), 1000);
  }
  counts = detections.counts();
  notes = detections.notes();
  rows.deal();
  medians = method::medians(rows, threads);
  scaling =
      method::fit_scaling(method::feature_ranges(rows, threads), recipe.method_settings().features);
  rows.transform([&](size_t feature, double value) { return scaling[feature].apply(value); },
                 threads);
}

namespace {

struct Clusters {
  model::RecipeModel model;
  std::vector<method::ClusterId> of_rows;  // that this rank reads
  Checkpoint checkpoint;
};

/// Reads the table once, and fits.
Clusters fit_file(const io::Input& input, const CheckpointOptions& kept,
                  const recipe::Recipe& recipe, const Threads& threads, const Progress& progress,
                  Stopwatch& stopwatch, ClusterSummary& summary) {
  const auto reader = input.open_part(threads);
  const ScaledFeatures features(*reader, recipe, threads, progress);
  summary.counts = features.counts;
  summary.notes = features.notes;
  stopwatch.lap("read");
  Checkpoint checkpoint(kept, features.rows, recipe, threads);
  method::MixtureFit fit =
      fit_mixture(features.rows, recipe.mixture, threads, progress, &checkpoint);
  stopwatch.add("k-means", fit.kmeans_seconds);
  stopwatch.add("mixture", fit.em_seconds);
  stopwatch.add("labels", stopwatch.since_last() - fit.kmeans_seconds - fit.em_seconds);
  summary.iterations = fit.iterations;
  summary.converged = fit.converged;
  summary.mean_log_likelihood = fit.mean_log_likelihood;
  summary.sizes.resize(static_cast<size_t>(recipe.mixture.components));
  for (const method::ClusterId cluster : fit.clusters) ++summary.sizes[number_of(cluster)];
  threads.ranks().add_up(summary.sizes);
  method::Model model;
  model.class_count = recipe.classes.size();
  model.scaling = features.scaling;
  model.medians = features.medians;
  model.mixture = std::move(fit.mixture);
  model.training_rows = features.counts.kept;
  model.density_quantiles =
      method::density_quantiles(features.rows, method::MixtureDensity(model.mixture));
  return {model::named_model(std::move(model), recipe),
          features.rows.where_appended(std::span<const method::ClusterId>(fit.clusters)),
          std::move(checkpoint)};
}

/// Reads the table again, and writes it with its clusters.
void write_file(const ClusterOptions& options, const io::Input& input, const Clusters& clusters,
                const recipe::Recipe& recipe, const Threads& threads, const Progress& progress) {
  const auto reader = input.open_part(threads);
  recipe::DetectionReader detections(*reader, recipe);
  Table rows = detections.header().empty_copy();
  Matrix features;
  const model::RecipeModel& model = clusters.model;
  const method::MixturePlacer placer(model.mixture, model.density_quantiles);
  const auto table = [&](std::span<const method::ClusterId> of_rows) {
    const std::vector<std::optional<method::ClusterId>> found(of_rows.begin(), of_rows.end());
    return tables::cluster_table(rows, recipe::own_labels(rows, recipe), found, features,
                                 placer(method::scaled(model.scaling, features), threads), recipe);
  };
  io::OutputGroup outputs;  // a table of clusters needs their model, and the other way round
  io::WriteOptions write = options.write;
  write.group = &outputs;
  const auto writer = io::create_table_of_ranks(options.out, table({}), write, threads.ranks());
  std::span<const method::ClusterId> left = clusters.of_rows;
  while (detections.next(rows, features) && rows.rows() <= left.size()) {
    writer->write(table(left.first(rows.rows())));
    left = left.subspan(rows.rows());
    if (progress) progress("write", static_cast<uint64_t>(1000 * detections.fraction_read()), 1000);
  }
  if (!left.empty() || rows.rows() > 0)
    throw input_error("the file changed while being read", input.name(),
                      fmt::format("{} complete detections", clusters.of_rows.size()));
  writer->commit();
  if (!options.model_out.empty() && threads.ranks().is_first())
    model::save_model(model, options.model_out, options.write.overwrite, &outputs);
  outputs.commit(threads.ranks());
}

}  // namespace

ClusterSummary cluster_file(const ClusterOptions& options, const recipe::Recipe& recipe,
                            const Threads& threads, const Progress& progress) {
  const io::Input input(options.detections);
  ClusterSummary summary;
  Stopwatch stopwatch;
  Clusters clusters =
      fit_file(input, options.checkpoint, recipe, threads, progress, stopwatch, summary);
  write_file(options, input, clusters, recipe, threads, progress);
  clusters.checkpoint.remove();
  stopwatch.lap("write");
  summary.seconds = stopwatch.seconds();
  return summary;
}

}  // namespace uhuru::jobs
