// From detections to a model.
#pragma once

#include <optional>
#include <vector>

#include "uhuru/base/progress.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/method/ids.hpp"
#include "uhuru/method/mixture/gaussian_mixture.hpp"
#include "uhuru/method/model.hpp"
#include "uhuru/method/rows.hpp"
#include "uhuru/method/settings.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// A model, and how the rows lie in it.
struct Fit {
  Model model;
  Matrix scaled;                                   // rows × D; NaN if missing
  std::vector<std::optional<ClusterId>> clusters;  // of each row; nothing without any feature
  int iterations = 0;                              // of EM; 0 if the mixture was given
  bool converged = false;
  double mean_log_likelihood = 0;
  double mixture_seconds = 0, classes_seconds = 0;
};

/// Fits scaling, mixture and classes.
///
/// With Missing::drop, scaling and mixture are fitted to the complete rows, and the others are
/// placed by the features that they have; with Missing::integrate, to all rows with a feature. With
/// `clusters`, both are taken from that model instead. Classes are learned from the same rows, of
/// those whose class is known, by settings.method; the published scores are learned with any
/// method, from complete rows, if there are enough members. The result is the same for any number
/// of threads. Throws Error (input) if there are fewer complete rows than components, a feature is
/// constant, or no class can be learned. Thread-safe. Source: [PD24] sec. 3.
Fit fit(const DetectionRows& rows, const Settings& settings, const Threads& threads,
        const Progress& progress = {}, const Model* clusters = nullptr, KeptFits* kept = nullptr);

/// Only scaling and mixture: a model without classes. Throws as fit().
Fit fit_clusters(const MatrixView& features, const Settings& settings, const Threads& threads,
                 const Progress& progress = {}, KeptFits* kept = nullptr);
/// The same with scaling and mixture of a model.
Fit place_in_clusters(const MatrixView& features, const Model& clusters, const Threads& threads);

/// The numbers of the rows that have all features.
std::vector<size_t> complete_rows(const MatrixView& features);

}  // namespace uhuru::method
#pragma GCC visibility pop
