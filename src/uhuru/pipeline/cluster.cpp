#include "uhuru/pipeline/cluster.hpp"

#include <fmt/format.h>

#include "uhuru/base/error.hpp"
#include "uhuru/pipeline/input.hpp"
#include "uhuru/pipeline/tables.hpp"
#include "uhuru/pipeline/train.hpp"

namespace uhuru {

ScaledFeatures::ScaledFeatures(TableReader& reader, const Recipe& recipe, const Threads& threads,
                               const Progress& progress)
    : rows(recipe.features.size()) {
  DetectionReader detections(reader, recipe);
  std::vector<FeatureRange> ranges(recipe.features.size());
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
  medians = uhuru::medians(rows, threads);
  scaling = fit_scaling(ranges, counts.kept, recipe);
  rows.transform([&](size_t feature, double value) { return scaling[feature].apply(value); },
                 threads);
}

ClusterSummary cluster_file(const ClusterOptions& options, const Recipe& recipe,
                            const Threads& threads, const Progress& progress) {
  const Input input(options.detections);
  ClusterSummary summary;
  Stopwatch stopwatch;
  MixtureFit fit;
  Model model;
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
    model = mixture_model(recipe, features.scaling, features.medians, fit.mixture,
                          features.counts.kept);
    model.density_quantiles = density_quantiles(features.rows, MixtureDensity(fit.mixture));
  }
  summary.iterations = fit.iterations;
  summary.converged = fit.converged;
  summary.mean_log_likelihood = fit.mean_log_likelihood;
  summary.sizes.resize(static_cast<size_t>(recipe.mixture.components));
  for (const int cluster : fit.labels) ++summary.sizes[static_cast<size_t>(cluster)];

  const auto reader = input.open(threads);
  DetectionReader detections(*reader, recipe);
  Table rows = detections.header().empty_copy();
  Matrix features;
  const MixturePlacer placer(model.mixture);
  const auto table = [&](std::span<const int> clusters) {
    Matrix scaled = features;
    apply_scaling(model.scaling, scaled);
    return cluster_table(rows, own_labels(rows, recipe), clusters, features,
                         find_anomalies(placer, model.density_quantiles, scaled, threads), recipe);
  };
  OutputGroup outputs;  // a table of clusters needs their model, and the other way round
  WriteOptions write = options.write;
  write.group = &outputs;
  const auto writer = create_table(options.out, table({}), write);
  size_t written = 0;
  while (detections.next(rows, features)) {
    const size_t n = std::min(rows.rows(), fit.labels.size() - written);
    if (n < rows.rows()) break;
    writer->write(table(std::span<const int>(fit.labels).subspan(written, n)));
    written += n;
    if (progress) progress("write", static_cast<uint64_t>(1000 * detections.fraction_read()), 1000);
  }
  if (written != fit.labels.size())
    throw input_error("the file changed while being read", input.name(),
                      fmt::format("{} complete detections", fit.labels.size()));
  writer->commit();
  if (!options.model_out.empty())
    save_model(model, options.model_out, options.write.overwrite, &outputs);
  outputs.commit();
  stopwatch.lap("write");
  summary.seconds = stopwatch.seconds();
  return summary;
}

}  // namespace uhuru
