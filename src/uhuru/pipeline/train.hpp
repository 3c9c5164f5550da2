// From detections and their classes to a trained model.
#pragma once

#include <span>
#include <vector>

#include "uhuru/base/progress.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/model/model.hpp"
#include "uhuru/pipeline/detections.hpp"

namespace uhuru {

/// The mixture of some detections.
struct Clustering {
  Scaling scaling;
  std::vector<double> medians;            // unscaled
  std::vector<double> density_quantiles;  // see mixture/placement.hpp
  Matrix scaled;                          // of all rows, NaN if missing
  MixtureFit fit;          // its labels are those of all rows; -1 without any feature
  uint64_t fitted_to = 0;  // rows
};

/// Fits scaling and mixture to the complete rows of unscaled features, and places all rows. The
/// result is the same for any number of threads. Throws Error (input) if there are fewer complete
/// rows than components, and as fit_scaling and fit_mixture do.
Clustering cluster_detections(const Matrix& features, const Recipe& recipe, const Threads& threads,
                              const Progress& progress = {});
/// The same with scaling and mixture taken from a model.
Clustering cluster_with(const Model& model, const Matrix& features, const Threads& threads);

/// A model of the mixture, without class scores.
Model mixture_model(const Recipe& recipe, const Scaling& scaling,
                    const std::vector<double>& medians, const GaussianMixture& mixture,
                    uint64_t training_rows);
Model mixture_model(const Recipe& recipe, const Clustering& clustering);

/// Learns classes by recipe.method from the complete rows of a clustering that have a class. The
/// published scores are learned with any method, if there are enough members.
///
/// `limits`: of the rows' features. `classes`: for each row the index of its class, negative to
/// ignore the row. `sources`: for each row the number of its source. Throws Error (input) if no
/// class can be learned.
void train_classes(const Clustering& clustering, const Limits& limits, std::span<const int> classes,
                   std::span<const size_t> sources, const Threads& threads, Model& model);

/// The classes of the recipe that the model's method has not learned.
std::vector<std::string> unlearned_classes(const Model& model);

}  // namespace uhuru
