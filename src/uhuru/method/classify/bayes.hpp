// Calibrated class posteriors: Gaussians and trees, averaged over bootstraps of the sources and
// calibrated on the sources that each bootstrap left out.
#pragma once

#include <span>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/method/classify/calibration.hpp"
#include "uhuru/method/classify/evidence.hpp"
#include "uhuru/method/classify/forest.hpp"
#include "uhuru/method/ids.hpp"
#include "uhuru/method/mixture/gaussian_mixture.hpp"
#include "uhuru/method/settings.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// What was learned from one bootstrap of the sources.
struct BayesReplicate {
  GaussianMixture
      gaussians;  // class l in cluster k is component l * K + k; see fit_class_gaussians
  Vector prior;   // of the learned classes
  std::vector<Tree> trees;
};

/// A classifier that computes posteriors. L of the C classes have been learned.
struct BayesClassifier {
  std::vector<ClassId> learned;  // L of the classes, ascending
  Vector typical_variance;       // D: of the training's measurement errors, scaled; 0 if none
  std::vector<BayesReplicate> replicates;
  Calibration calibration;  // of the L classes; first prediction: trees, second: Gaussians
  Evidence evidence;        // of the L classes
};

/// Labelled detections to learn from.
struct LabelledRows {
  Matrix data;                   // rows × D, scaled, none missing
  Matrix variance;               // rows × D, of the measurement errors, scaled; 0 if unknown
  std::vector<ClassId> classes;  // for each row
  std::vector<size_t> sources;   // for each row, numbered from 0
};

/// Trains a classifier. `clusters` defines the soft clusters; `group_of` is the group of each of
/// the C classes. A class is learned if it has a row. The result is the same for the same
/// seed and any number of threads. Throws Error (input) if there are no rows.
BayesClassifier train_bayes(const LabelledRows& rows, const GaussianMixture& clusters,
                            const std::vector<size_t>& group_of, const BayesSettings& settings,
                            uint32_t seed, const Threads& threads);

/// A classifier prepared for evaluation. Thread-safe.
class BayesDensity {
 public:
  /// `classifier` must outlive it. Throws Error (input) if a covariance is not positive definite.
  explicit BayesDensity(const BayesClassifier& classifier);
  ~BayesDensity();
  BayesDensity(BayesDensity&&) noexcept;

  /// The probabilities of the learned classes: rows × L. `data`: rows × D, scaled, NaN if missing
  /// (marginalized). `variance`: of the measurement errors as in LabelledRows, or without rows; the
  /// excess over the training's typical errors widens the classes.
  Matrix operator()(const Matrix& data, const Matrix& variance, const Threads& threads) const;

  class Replicate;

 private:
  const BayesClassifier& classifier_;
  std::vector<Replicate> replicates_;
};

}  // namespace uhuru::method
#pragma GCC visibility pop
