// A trained classifier, in memory.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "uhuru/method/classify/bayes.hpp"
#include "uhuru/method/classify/class_scores.hpp"
#include "uhuru/method/classify/combining.hpp"
#include "uhuru/method/mixture/gaussian_mixture.hpp"
#include "uhuru/method/scaling.hpp"
#include "uhuru/method/settings.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// What was learned from detections: scaling, medians for missing features, mixture, classes.
/// Thread-safe for reading.
struct Model {
  size_t class_count = 0;       // of the settings
  Scaling scaling;              // one per feature
  std::vector<double> medians;  // unscaled, one per feature
  GaussianMixture mixture;
  std::vector<double> density_quantiles;  // see mixture/placement.hpp; empty if unknown
  ClassScores scores;                     // empty if the model was trained without labels
  std::optional<BayesClassifier> bayes;   // if the method is bayes
  // What is asked of the method bayes.
  Prior prior;
  double coverage = 0.9;           // of the sets of classes
  uint64_t training_rows = 0;      // detections that the mixture was fitted to
  uint64_t training_labelled = 0;  // of these, detections with a class

  bool has_classes() const { return bayes.has_value() || !scores.empty(); }
  Method method() const { return bayes ? Method::bayes : Method::mahalanobis; }
  /// How the detections of a source are combined; nothing: by the mean of their probabilities.
  std::optional<Combining> combining() const;
  /// Whether the model's method can give this class.
  bool has_learned(ClassId id) const;
};

}  // namespace uhuru::method
#pragma GCC visibility pop
