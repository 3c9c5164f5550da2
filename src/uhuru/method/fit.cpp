#include "uhuru/method/fit.hpp"

#include <string>
#include <unordered_map>

#include "uhuru/base/error.hpp"
#include "uhuru/base/stopwatch.hpp"
#include "uhuru/method/mixture/missing_mixture.hpp"
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

/// Keeps a mixture and what is known of its fit; returns the clusters.
std::vector<ClusterId> keep(MixtureFit mixture, Fit& fit) {
  fit.model.mixture = std::move(mixture.mixture);
  fit.iterations = mixture.iterations;
  fit.converged = mixture.converged;
  fit.mean_log_likelihood = mixture.mean_log_likelihood;
  return std::move(mixture.clusters);
}

std::vector<size_t> rows_with_feature(const Fit& fit) {
  std::vector<size_t> rows;
  for (size_t row = 0; row < fit.clusters.size(); ++row)
    if (fit.clusters[row]) rows.push_back(row);
  return rows;
}

/// Labelled rows.
struct Labelled : LabelledRows {
  std::vector<ClusterId> clusters;
};

/// Those of `chosen`, all of which have a cluster.
Labelled labelled_rows(const DetectionRows& rows, std::span<const size_t> chosen, const Fit& fit) {
  Labelled labelled;
  std::vector<size_t> taken;
  std::unordered_map<size_t, size_t> numbers;  // the sources of these rows, from 0
  for (const size_t row : chosen) {
    if (rows.classes.empty() || !rows.classes[row]) continue;
    const size_t source = rows.sources.empty() ? row : number_of(rows.sources[row]);
    taken.push_back(row);
    labelled.clusters.push_back(*fit.clusters[row]);
    labelled.classes.push_back(*rows.classes[row]);
    labelled.sources.push_back(numbers.try_emplace(source, numbers.size()).first->second);
  }
  labelled.data = take_rows(fit.scaled, taken);
  return labelled;
}

void learn_classes(const DetectionRows& rows, const Settings& settings, const Threads& threads,
                   Fit& fit) {
  const auto complete = complete_rows(fit.scaled);
  const Labelled labelled = labelled_rows(rows, complete, fit);
  Model& model = fit.model;
  model.class_count = settings.classes.size();
  model.training_labelled = labelled.classes.size();
  model.scores = train_class_scores(labelled.data, labelled.clusters, labelled.classes,
                                    static_cast<size_t>(model.mixture.components()),
                                    settings.classes.size(), settings.min_members);
  if (settings.method == Method::mahalanobis)
    return require_class(model.scores, settings.min_members, labelled.classes.size());
  const bool integrate = settings.missing == Missing::integrate;
  const Labelled to_learn = integrate ? labelled_rows(rows, rows_with_feature(fit), fit) : labelled;
  model.training_labelled = to_learn.classes.size();
  if (to_learn.classes.size() < 2)
    throw input_error("no class can be learned", "",
                      std::string("two or more ") + (integrate ? "" : "complete ") +
                          "detections labelled with a class",
                      std::to_string(to_learn.classes.size()));
  model.bayes = train_bayes(to_learn, model.mixture, settings.groups, settings.bayes,
                            settings.missing_informs, settings.mixture.seed, threads);
  // Of all detections: those of a class may be known more often than those of another.
  if (rows.lower.rows() > 0)
    model.bayes->typical_variance =
        typical_variance(scaled_variance(model.scaling, rows.lower, rows.upper), fit.scaled.cols());
}

}  // namespace

std::vector<size_t> complete_rows(const MatrixView& features) {
  std::vector<size_t> rows;
  for (Eigen::Index row = 0; row < features.rows(); ++row)
    if (!features.row(row).hasNaN()) rows.push_back(static_cast<size_t>(row));
  return rows;
}

Fit fit_clusters(const MatrixView& features, const Settings& settings, const Threads& threads,
                 const Progress& progress, KeptFits* kept) {
  Fit fit;
  Model& model = fit.model;
  model.class_count = settings.classes.size();
  const auto complete = complete_rows(features);
  const bool all = complete.size() == static_cast<size_t>(features.rows());
  if (settings.missing == Missing::integrate && !all) {
    model.scaling = fit_scaling(features, settings.features);
    model.medians = medians(features);
    fit.scaled = scaled(model.scaling, features);
    const auto of_rows =
        keep(fit_missing_mixture(fit.scaled, settings.mixture, threads, progress, kept), fit);
    for (Eigen::Index row = 0; row < fit.scaled.rows(); ++row)
      fit.clusters.push_back(fit.scaled.row(row).array().isNaN().all()
                                 ? std::nullopt
                                 : std::optional(of_rows[static_cast<size_t>(row)]));
    const auto scaled_complete = complete_rows(fit.scaled);
    if (scaled_complete.size() > 1) {
      const Matrix of_complete = take_rows(fit.scaled, scaled_complete);
      model.density_quantiles =
          density_quantiles(RowBlocks(of_complete), MixtureDensity(model.mixture));
    }
    model.training_rows = rows_with_feature(fit).size();
    return fit;
  }
  if (complete.size() < static_cast<size_t>(settings.mixture.components))
    throw input_error("fewer detections than components", "",
                      "at least " + std::to_string(settings.mixture.components) +
                          " detections that have every feature",
                      std::to_string(complete.size()));
  model.training_rows = complete.size();
  Matrix some = all ? Matrix() : take_rows(features, complete);
  const MatrixView whole = all ? features : MatrixView(some);
  model.scaling = fit_scaling(whole, settings.features);
  model.medians = medians(whole);
  fit.scaled = scaled(model.scaling, features);
  if (!all) some = take_rows(fit.scaled, complete);
  const RowBlocks rows(all ? fit.scaled : some, threads.ranks());
  const auto of_complete = rows.ranks().all_values(std::span<const ClusterId>(
      keep(fit_mixture(rows, settings.mixture, threads, progress, kept), fit)));
  model.density_quantiles = density_quantiles(rows, MixtureDensity(model.mixture));
  fit.clusters = clusters_of_all(of_complete, complete, fit, threads);
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
        const Progress& progress, const Model* clusters, KeptFits* kept) {
  Stopwatch stopwatch;
  Fit result = clusters ? place_in_clusters(rows.features, *clusters, threads)
                        : fit_clusters(rows.features, settings, threads, progress, kept);
  result.mixture_seconds = stopwatch.since_last();
  learn_classes(rows, settings, threads, result);
  result.classes_seconds = stopwatch.since_last();
  return result;
}

}  // namespace uhuru::method
