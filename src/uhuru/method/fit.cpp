#include "uhuru/method/fit.hpp"

#include <string>
#include <unordered_map>

#include "uhuru/base/error.hpp"
#include "uhuru/base/stopwatch.hpp"
#include "uhuru/method/mixture/placement.hpp"

namespace uhuru::method {
namespace {

/// Spreads the clusters of the complete rows over all rows; the others are placed by their
/// non-missing features.
std::vector<std::optional<ClusterId>> clusters_of_all(const std::vector<ClusterId>& of_complete,
                                                      const std::vector<size_t>& complete,
                                                      const Fit& fit, const Threads& threads) {
  const auto rows = static_cast<size_t>(fit.scaled.rows());
  std::vector<std::optional<ClusterId>> all(rows);
  for (size_t i = 0; i < complete.size(); ++i) all[complete[i]] = of_complete[i];
  if (complete.size() == rows) return all;
  const MixturePlacer placer(fit.model.mixture, {});
  threads.for_rows(rows, 1024, [&](size_t begin, size_t end, size_t) {
    for (size_t row = begin; row < end; ++row)
      if (!all[row]) all[row] = placer(fit.scaled.row(static_cast<long>(row)).data()).cluster;
  });
  return all;
}

/// The labelled complete rows.
struct Labelled : LabelledRows {
  std::vector<size_t> rows;
  std::vector<ClusterId> clusters;
};

Labelled labelled_rows(const DetectionRows& rows, const Fit& fit) {
  Labelled labelled;
  std::unordered_map<size_t, size_t> numbers;  // the sources of these rows, from 0
  for (const size_t row : complete_rows(fit.scaled)) {
    if (rows.classes.empty() || !rows.classes[row]) continue;
    const size_t source = rows.sources.empty() ? row : number_of(rows.sources[row]);
    labelled.rows.push_back(row);
    labelled.clusters.push_back(*fit.clusters[row]);
    labelled.classes.push_back(*rows.classes[row]);
    labelled.sources.push_back(numbers.try_emplace(source, numbers.size()).first->second);
  }
  labelled.data = take_rows(fit.scaled, labelled.rows);
  if (rows.lower.rows() > 0)
    labelled.variance = scaled_variance(fit.model.scaling, take_rows(rows.lower, labelled.rows),
                                        take_rows(rows.upper, labelled.rows));
  return labelled;
}

void learn_classes(const DetectionRows& rows, const Settings& settings, const Threads& threads,
                   Fit& fit) {
  const Labelled labelled = labelled_rows(rows, fit);
  Model& model = fit.model;
  model.class_count = settings.classes.size();
  model.training_labelled = labelled.rows.size();
  model.scores = train_class_scores(labelled.data, labelled.clusters, labelled.classes,
                                    static_cast<size_t>(model.mixture.components()),
                                    settings.classes.size(), settings.min_members);
  if (settings.method == Method::bayes) {
    if (labelled.rows.size() < 2)
      throw input_error("no class can be learned", "",
                        "two or more complete detections labelled with a class",
                        std::to_string(labelled.rows.size()));
    model.bayes = train_bayes(labelled, model.mixture, settings.groups, settings.bayes,
                              settings.mixture.seed, threads);
    return;
  }
  require_class(model.scores, settings.min_members, labelled.rows.size());
}

}  // namespace

std::vector<size_t> complete_rows(const MatrixView& features) {
  std::vector<size_t> rows;
  for (Eigen::Index row = 0; row < features.rows(); ++row)
    if (!features.row(row).hasNaN()) rows.push_back(static_cast<size_t>(row));
  return rows;
}

Fit fit_clusters(const MatrixView& features, const Settings& settings, const Threads& threads,
                 const Progress& progress) {
  const auto complete = complete_rows(features);
  if (complete.size() < static_cast<size_t>(settings.mixture.components))
    throw input_error("fewer detections than components", "",
                      "at least " + std::to_string(settings.mixture.components) +
                          " detections that have every feature",
                      std::to_string(complete.size()));
  Fit fit;
  Model& model = fit.model;
  model.class_count = settings.classes.size();
  model.training_rows = complete.size();
  const bool all = complete.size() == static_cast<size_t>(features.rows());
  const Matrix some = all ? Matrix() : take_rows(features, complete);
  const MatrixView whole = all ? features : MatrixView(some);
  model.scaling = fit_scaling(whole, settings.features);
  model.medians = medians(whole);
  fit.scaled = scaled(model.scaling, features);
  const RowBlocks rows(all ? fit.scaled : take_rows(fit.scaled, complete));
  MixtureFit mixture = fit_mixture(rows, settings.mixture, threads, progress);
  model.mixture = std::move(mixture.mixture);
  model.density_quantiles = density_quantiles(rows, MixtureDensity(model.mixture));
  fit.iterations = mixture.iterations;
  fit.converged = mixture.converged;
  fit.mean_log_likelihood = mixture.mean_log_likelihood;
  fit.clusters = clusters_of_all(mixture.clusters, complete, fit, threads);
  return fit;
}

Fit place_in_clusters(const MatrixView& features, const Model& clusters, const Threads& threads) {
  Fit fit;
  Model& model = fit.model;
  model.class_count = clusters.class_count;
  model.scaling = clusters.scaling;
  model.medians = clusters.medians;
  model.mixture = clusters.mixture;
  model.density_quantiles = clusters.density_quantiles;
  model.training_rows = clusters.training_rows;
  fit.scaled = scaled(model.scaling, features);
  fit.converged = true;
  const auto complete = complete_rows(fit.scaled);
  const Matrix joint = MixtureDensity(model.mixture).log_joint(take_rows(fit.scaled, complete));
  std::vector<ClusterId> of_complete;
  for (Eigen::Index row = 0; row < joint.rows(); ++row) {
    Eigen::Index most = 0;
    joint.row(row).maxCoeff(&most);
    of_complete.push_back(ClusterId(most));
  }
  fit.clusters = clusters_of_all(of_complete, complete, fit, threads);
  return fit;
}

Fit fit(const DetectionRows& rows, const Settings& settings, const Threads& threads,
        const Progress& progress, const Model* clusters) {
  Stopwatch stopwatch;
  Fit result = clusters ? place_in_clusters(rows.features, *clusters, threads)
                        : fit_clusters(rows.features, settings, threads, progress);
  result.mixture_seconds = stopwatch.since_last();
  learn_classes(rows, settings, threads, result);
  result.classes_seconds = stopwatch.since_last();
  return result;
}

}  // namespace uhuru::method
