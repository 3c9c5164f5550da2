// Gaussian mixtures with full covariances: density, responsibilities, fit by EM.
#pragma once

#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/base/progress.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/features/recipe.hpp"
#include "uhuru/mixture/row_block.hpp"

namespace uhuru {

/// Weights, means and covariances of K components in D dimensions.
struct GaussianMixture {
  Vector weights;                   // K, sum 1
  Matrix means;                     // K × D
  std::vector<Matrix> covariances;  // K of D × D, positive definite

  Eigen::Index components() const { return weights.size(); }
  Eigen::Index dimensions() const { return means.cols(); }
};

/// A mixture made ready to be evaluated. Thread-safe.
class MixtureDensity {
 public:
  /// Throws Error (input) where a covariance is not positive definite.
  explicit MixtureDensity(const GaussianMixture& mixture);

  /// The log of weight × density of each component, for each row of `data` (rows × D, none
  /// missing): rows × K.
  Matrix log_joint(const Eigen::Ref<const Matrix>& data) const;
  /// The same for a block; `joint` has the components for features.
  void log_joint(const RowBlock& rows, RowBlock& joint) const;

 private:
  Matrix means_;
  std::vector<Matrix> whitening_;  // inverse Cholesky factors: |(x - mean) W|² is Mahalanobis'
  Vector constants_;               // log weight + log normalisation
};

/// Turns the first `n` rows of log_joint into responsibilities, in place, and returns the sum of
/// their log densities.
double normalize_log_joint(RowBlock& joint, size_t n);

/// The most responsible component of each row, the first of equals.
std::vector<int> assign_components(const GaussianMixture& mixture, const Matrix& data,
                                   const Threads& threads);

struct MixtureFit {
  GaussianMixture mixture;
  std::vector<int> labels;  // the most responsible component of each row
  int iterations = 0;
  bool converged = false;
  double mean_log_likelihood = 0;  // at the last E-step, as scikit-learn's lower_bound_
};

/// Fits a mixture by EM from a k-means start. `data`: rows × D, none missing.
///
/// The same start, steps and stopping rule as scikit-learn's GaussianMixture(K, random_state=seed,
/// n_init=1), so that it ends at the same place. The same bytes at any number of threads. Throws
/// Error (input) where there are fewer rows than components, or a component collapses.
/// Source: [PD24] sec. 3.3; Dempster, Laird, Rubin 1977.
MixtureFit fit_mixture(const Matrix& data, const MixtureSettings& settings, const Threads& threads,
                       const Progress& progress = {});

}  // namespace uhuru
