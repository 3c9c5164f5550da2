#include "uhuru/pipeline/train.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "uhuru/base/error.hpp"
#include "uhuru/mixture/placement.hpp"

namespace uhuru {
namespace {

/// Labels of all rows from those of the complete ones; the others are placed by their non-missing
/// features.
std::vector<int> labels_of_all(const std::vector<int>& labels, const std::vector<size_t>& complete,
                               const GaussianMixture& mixture, const Matrix& scaled,
                               const Threads& threads) {
  const auto rows = static_cast<size_t>(scaled.rows());
  std::vector<int> all(rows, -1);
  for (size_t i = 0; i < complete.size(); ++i) all[complete[i]] = labels[i];
  if (complete.size() == rows) return all;
  const MixturePlacer placer(mixture);
  std::vector<bool> is_complete(rows, false);
  for (const size_t row : complete) is_complete[row] = true;
  threads.for_rows(rows, 1024, [&](size_t begin, size_t end, size_t) {
    for (size_t row = begin; row < end; ++row)
      if (!is_complete[row]) all[row] = placer(scaled.row(static_cast<long>(row)).data()).cluster;
  });
  return all;
}

}  // namespace

Clustering cluster_detections(const Matrix& features, const Recipe& recipe, const Threads& threads,
                              const Progress& progress) {
  const auto complete = complete_rows(features);
  if (complete.size() < static_cast<size_t>(recipe.mixture.components))
    throw input_error(
        "fewer detections than components", "",
        fmt::format("at least {} detections that have every feature", recipe.mixture.components),
        fmt::format("{}", complete.size()));
  Clustering result;
  result.fitted_to = complete.size();
  const bool all = complete.size() == static_cast<size_t>(features.rows());
  const Matrix whole = all ? Matrix() : take_rows(features, complete);
  result.scaling = fit_scaling(all ? features : whole, recipe);
  result.medians = medians(all ? features : whole);
  result.scaled = features;
  apply_scaling(result.scaling, result.scaled);
  const RowBlocks rows(all ? result.scaled : take_rows(result.scaled, complete));
  result.fit = fit_mixture(rows, recipe.mixture, threads, progress);
  result.density_quantiles = density_quantiles(rows, MixtureDensity(result.fit.mixture));
  result.fit.labels =
      labels_of_all(result.fit.labels, complete, result.fit.mixture, result.scaled, threads);
  return result;
}

Clustering cluster_with(const Model& model, const Matrix& features, const Threads& threads) {
  Clustering result;
  result.scaling = model.scaling;
  result.medians = model.medians;
  result.density_quantiles = model.density_quantiles;
  result.fitted_to = model.training_rows;
  result.scaled = features;
  apply_scaling(result.scaling, result.scaled);
  result.fit.mixture = model.mixture;
  result.fit.converged = true;
  const auto complete = complete_rows(result.scaled);
  const Matrix joint = MixtureDensity(model.mixture).log_joint(take_rows(result.scaled, complete));
  std::vector<int> labels;
  for (Eigen::Index row = 0; row < joint.rows(); ++row) {
    Eigen::Index most = 0;
    joint.row(row).maxCoeff(&most);
    labels.push_back(static_cast<int>(most));
  }
  result.fit.labels = labels_of_all(labels, complete, model.mixture, result.scaled, threads);
  return result;
}

Model mixture_model(const Recipe& recipe, const Scaling& scaling,
                    const std::vector<double>& medians, const GaussianMixture& mixture,
                    uint64_t training_rows) {
  Model model;
  model.name = recipe.name;
  model.note = fmt::format("Trained by uhuru {} with recipe {}, {} components, seed {}.",
                           UHURU_VERSION, recipe.name, mixture.components(), recipe.mixture.seed);
  model.recipe = recipe;
  model.scaling = scaling;
  model.medians = medians;
  model.mixture = mixture;
  model.version = UHURU_VERSION;
  model.training_rows = training_rows;
  return model;
}

Model mixture_model(const Recipe& recipe, const Clustering& clustering) {
  Model model = mixture_model(recipe, clustering.scaling, clustering.medians,
                              clustering.fit.mixture, clustering.fitted_to);
  model.density_quantiles = clustering.density_quantiles;
  return model;
}

void train_classes(const Clustering& clustering, const Limits& limits, std::span<const int> classes,
                   std::span<const size_t> sources, const Threads& threads, Model& model) {
  const Recipe& recipe = model.recipe;
  std::vector<size_t> rows;
  for (const size_t row : complete_rows(clustering.scaled))
    if (classes[row] >= 0) rows.push_back(row);
  LabelledRows labelled;
  std::vector<int> clusters;
  std::unordered_map<size_t, size_t> numbers;  // the sources of these rows, from 0
  for (const size_t row : rows) {
    labelled.classes.push_back(classes[row]);
    labelled.sources.push_back(numbers.try_emplace(sources[row], numbers.size()).first->second);
    clusters.push_back(clustering.fit.labels[row]);
  }
  labelled.data = take_rows(clustering.scaled, rows);
  model.training_labelled = rows.size();
  model.scores = train_class_scores(labelled.data, clusters, labelled.classes,
                                    static_cast<size_t>(model.mixture.components()),
                                    recipe.classes.size(), recipe.min_members);
  if (recipe.method == Method::bayes) {
    if (rows.size() < 2)
      throw input_error("no class can be learned", "",
                        "two or more complete detections labelled with a class",
                        fmt::format("{}", rows.size()));
    labelled.variance = scaled_variance(limits.take(rows), clustering.scaling);
    model.bayes = train_bayes(labelled, model.mixture, recipe.group_places(), recipe.bayes,
                              recipe.mixture.seed, threads);
    return;
  }
  bool any = false;
  for (const auto& cluster : model.scores)
    for (const auto& score : cluster) any = any || score.has_value();
  if (!any)
    throw input_error("no class can be learned", "",
                      fmt::format("a class with at least {} labelled detections in one cluster",
                                  recipe.min_members),
                      fmt::format("{} detections labelled with a class", rows.size()));
}

std::vector<std::string> unlearned_classes(const Model& model) {
  std::vector<std::string> classes;
  for (size_t c = 0; c < model.recipe.classes.size(); ++c) {
    const bool learned =
        model.bayes ? std::count(model.bayes->learned.begin(), model.bayes->learned.end(),
                                 static_cast<int>(c)) > 0
                    : std::any_of(model.scores.begin(), model.scores.end(),
                                  [&](const auto& cluster) { return cluster[c].has_value(); });
    if (!learned) classes.push_back(model.recipe.classes[c]);
  }
  return classes;
}

}  // namespace uhuru
