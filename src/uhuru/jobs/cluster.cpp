#include "uhuru/jobs/cluster.hpp"

#include <fmt/format.h>

#include "uhuru/base/error.hpp"
#include "uhuru/io/input.hpp"
#include "uhuru/method/mixture/placement.hpp"
#include "uhuru/recipe/labels.hpp"
#include "uhuru/tables/tables.hpp"

namespace uhuru {

ScaledFeatures::ScaledFeatures(TableReader& reader, const Recipe& recipe, const Threads& threads,
                               const Progress& progress)
    : rows(recipe.features.size()) {
  DetectionReader detections(reader, recipe);
  std::vector<method::FeatureRange> ranges(recipe.features.size());
  Table table = detections.header().empty_copy();
  Matrix features;
  while (detections.next(table, features)) {
    for (Eigen::Index row = 0; row < features.rows(); ++row) {
      const double* values = features.row(row).data();
      for (size_t f = 0; f < ranges.size(); ++f) ranges[f].add(values[f]);
      rows.append(values);
    }
    if (progress) progress("read", static_cast<uint64_t>(1000 * detections.fraction_read()), 1000);
  }
  counts = detections.counts();
  notes = detections.notes();
  medians = method::medians(rows, threads);
  scaling = method::fit_scaling(ranges, counts.kept, recipe.method_settings().features);
  rows.transform([&](size_t feature, double value) { return scaling[feature].apply(value); },
                 threads);
}

ClusterSummary cluster_file(const ClusterOptions& options, const Recipe& recipe,
                            const Threads& threads, const Progress& progress) {
  const Input input(options.detections);
  ClusterSummary summary;
  Stopwatch stopwatch;
  method::MixtureFit fit;
  RecipeModel model;
  {
    const auto reader = input.open(threads);
    const ScaledFeatures features(*reader, recipe, threads, progress);
    summary.counts = features.counts;
    summary.notes = features.notes;
    stopwatch.lap("read");
    fit = fit_mixture(features.rows, recipe.mixture, threads, progress);
    stopwatch.add("k-means", fit.kmeans_seconds);
    stopwatch.add("mixture", fit.em_seconds);
    stopwatch.add("labels", stopwatch.since_last() - fit.kmeans_seconds - fit.em_seconds);
    method::Model fitted;
    fitted.class_count = recipe.classes.size();
    fitted.scaling = features.scaling;
    fitted.medians = features.medians;
    fitted.mixture = fit.mixture;
    fitted.training_rows = features.counts.kept;
    fitted.density_quantiles =
        method::density_quantiles(features.rows, method::MixtureDensity(fit.mixture));
    model = named_model(std::move(fitted), recipe);
  }
  summary.iterations = fit.iterations;
  summary.converged = fit.converged;
  summary.mean_log_likelihood = fit.mean_log_likelihood;
  summary.sizes.resize(static_cast<size_t>(recipe.mixture.components));
  for (const method::ClusterId cluster : fit.clusters) ++summary.sizes[number_of(cluster)];

  const auto reader = input.open(threads);
  DetectionReader detections(*reader, recipe);
  Table rows = detections.header().empty_copy();
  Matrix features;
  const method::MixturePlacer placer(model.mixture, model.density_quantiles);
  const auto table = [&](std::span<const method::ClusterId> clusters) {
    const std::vector<std::optional<method::ClusterId>> of_rows(clusters.begin(), clusters.end());
    return cluster_table(rows, own_labels(rows, recipe), of_rows, features,
                         placer(method::scaled(model.scaling, features), threads), recipe);
  };
  OutputGroup outputs;  // a table of clusters needs their model, and the other way round
  WriteOptions write = options.write;
  write.group = &outputs;
  const auto writer = create_table(options.out, table({}), write);
  size_t written = 0;
  while (detections.next(rows, features)) {
    const size_t n = std::min(rows.rows(), fit.clusters.size() - written);
    if (n < rows.rows()) break;
    writer->write(table(std::span<const method::ClusterId>(fit.clusters).subspan(written, n)));
    written += n;
    if (progress) progress("write", static_cast<uint64_t>(1000 * detections.fraction_read()), 1000);
  }
  if (written != fit.clusters.size())
    throw input_error("the file changed while being read", input.name(),
                      fmt::format("{} complete detections", fit.clusters.size()));
  writer->commit();
  if (!options.model_out.empty())
    save_model(model, options.model_out, options.write.overwrite, &outputs);
  outputs.commit();
  stopwatch.lap("write");
  summary.seconds = stopwatch.seconds();
  return summary;
}

}  // namespace uhuru
