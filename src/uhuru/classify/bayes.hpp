// Class posteriors that mean what they say: Gaussians and trees, averaged over bootstraps of the
// sources and calibrated on the sources that each bootstrap left out.
#pragma once

#include <span>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/classify/calibration.hpp"
#include "uhuru/classify/evidence.hpp"
#include "uhuru/classify/forest.hpp"
#include "uhuru/features/recipe.hpp"
#include "uhuru/mixture/gaussian_mixture.hpp"

namespace uhuru {

/// What one bootstrap of the sources learned.
struct BayesReplicate {
  GaussianMixture
      gaussians;  // class l in cluster k is component l * K + k; see fit_class_gaussians
  Vector prior;   // of the learned classes
  std::vector<Tree> trees;
};

/// A classifier by posteriors. L of the recipe's C classes have been learned.
struct BayesClassifier {
  std::vector<int> learned;  // L places among the recipe's classes, in order
  double sharpness = 1;      // the exponent of the Gaussians' densities
  Vector typical_variance;   // D: of the training's measurement errors, scaled; 0 where none
  std::vector<BayesReplicate> replicates;
  Calibration calibration;  // of the L classes; first opinion: trees, second: Gaussians
  Evidence evidence;        // of the L classes
};

/// Labelled detections to learn from.
struct LabelledRows {
  Matrix data;                  // rows × D, scaled, none missing
  Matrix variance;              // rows × D, of the measurement errors, scaled; 0 where not known
  std::vector<int> classes;     // of each row, 0 … C-1
  std::vector<size_t> sources;  // of each row, numbers from 0
};

/// Learns a classifier. `clusters` gives the soft clusters; `group_of` the group of each of the
/// recipe's classes. A class is learned where it has a row. The same at any number of threads for
/// the same seed. Throws Error (input) where there is no row.
BayesClassifier train_bayes(const LabelledRows& rows, const GaussianMixture& clusters,
                            const std::vector<size_t>& group_of, const BayesSettings& settings,
                            uint32_t seed, const Threads& threads);

/// A classifier made ready to be asked. Thread-safe.
class BayesDensity {
 public:
  /// `classifier` must outlive it. Throws Error (input) where a covariance is not positive
  /// definite.
  explicit BayesDensity(const BayesClassifier& classifier);
  ~BayesDensity();
  BayesDensity(BayesDensity&&) noexcept;

  /// The probabilities of the learned classes: rows × L. `data`: rows × D, scaled, NaN where
  /// missing (integrated out). `variance`: of the measurement errors as in LabelledRows, or without
  /// rows; what exceeds the training's typical errors widens the classes.
  Matrix operator()(const Matrix& data, const Matrix& variance, const Threads& threads) const;

  class Replicate;

 private:
  const BayesClassifier& classifier_;
  std::vector<Replicate> replicates_;
};

}  // namespace uhuru
