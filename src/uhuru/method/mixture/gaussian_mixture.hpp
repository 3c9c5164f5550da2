// Gaussian mixtures with full covariances: density, responsibilities, fit by EM.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/base/progress.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/method/ids.hpp"
#include "uhuru/method/mixture/row_blocks.hpp"
#include "uhuru/method/settings.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// Weights, means and covariances of K components in D dimensions.
struct GaussianMixture {
  Vector weights;                   // K, sum 1
  Matrix means;                     // K × D
  std::vector<Matrix> covariances;  // K of D × D, positive definite

  Eigen::Index components() const { return weights.size(); }
  Eigen::Index dimensions() const { return means.cols(); }
};

/// See Packer.
template <class Archive>
void transfer(Archive& archive, GaussianMixture& mixture) {
  archive(mixture.weights, mixture.means, mixture.covariances);
}

/// A mixture prepared for evaluation. Thread-safe.
class MixtureDensity {
 public:
  /// Throws Error (input) if a covariance is not positive definite.
  explicit MixtureDensity(const GaussianMixture& mixture);

  /// The logarithm of weight × density of each component, for each row of `data` (rows × D, none
  /// missing): rows × K.
  Matrix log_joint(const MatrixView& data) const;
  /// The same for a block of rows (see kernels.hpp): component c of row r at c * block_rows + r.
  void log_joint(const double* block, double* joint) const;

  /// log weight + log normalization of a component: its log joint density at its mean.
  double constant(size_t component) const { return constants_[static_cast<long>(component)]; }

  size_t components() const { return static_cast<size_t>(means_.rows()); }
  size_t features() const { return static_cast<size_t>(means_.cols()); }

 private:
  Matrix means_;
  std::vector<Matrix> inverse_cholesky_;
  Vector constants_;  // log weight + log normalization
};

struct MixtureFit {
  GaussianMixture mixture;
  std::vector<ClusterId> clusters;  // of each own row: that with the largest responsibility
  int iterations = 0;
  bool converged = false;
  double mean_log_likelihood = 0;  // at the last E-step, as scikit-learn's lower_bound_
  double log_likelihood = 0;       // of all rows under the returned mixture
  double kmeans_seconds = 0;       // k-means initializations
  double em_seconds = 0;           // EM iterations of all starts
};

/// See Packer. As far as EM: without clusters and the log-likelihood of all rows.
template <class Archive>
void transfer(Archive& archive, MixtureFit& fit) {
  archive(fit.mixture, fit.iterations, fit.converged, fit.mean_log_likelihood, fit.kmeans_seconds,
          fit.em_seconds);
}

/// Where fits of some rows are kept while EM goes on, so that they can continue from there to the
/// same result. A fit is that of so many components from a start, counted from 0.
class KeptFits {
 public:
  virtual ~KeptFits() = default;
  /// The fit as it was kept, or nothing. Only the first rank asks.
  virtual std::optional<MixtureFit> read(int components, int start) = 0;
  /// Is called in the first rank after each iteration; `is_last`: it ends here.
  virtual void write(int components, int start, const MixtureFit& fit, bool is_last) = 0;
};

/// The fit as it was kept, in all ranks. Collective.
std::optional<MixtureFit> kept_fit(KeptFits* kept, int components, int start,
                                   const Communicator& ranks);
/// What is called after each iteration; `is_last`: it ends here. May be empty.
using AfterIteration = std::function<void(const MixtureFit& fit, bool is_last)>;
/// Writes the fit in the first rank; empty in the others, and without `kept`.
AfterIteration keep_fit(KeptFits* kept, int components, int start, const Communicator& ranks);

/// Fits a mixture by EM from `settings.starts` k-means initializations, and returns the fit with
/// the largest likelihood. With `kept`, goes on from the fits that were kept.
///
/// Initialization, steps and stopping rule are those of scikit-learn's GaussianMixture(K,
/// random_state=seed, n_init=starts), so the result is the same. Identical for any number of
/// threads and ranks; collective over the ranks of the rows. Throws Error (input) if there are
/// fewer rows than components, or a component collapses. Source: [PD24] sec. 3.3; Dempster, Laird,
/// Rubin 1977.
MixtureFit fit_mixture(const RowBlocks& rows, const MixtureSettings& settings,
                       const Threads& threads, const Progress& progress = {},
                       KeptFits* kept = nullptr);
/// The fit from one of these starts, counted from 0, as far as EM: without clusters and the
/// log-likelihood of all rows, which evaluate() adds. The starts are independent of each other.
MixtureFit fit_start(const RowBlocks& rows, const MixtureSettings& settings, int start,
                     const Threads& threads, const Progress& progress = {},
                     KeptFits* kept = nullptr);
/// Sets the clusters of a fit and the log-likelihood of all rows. Collective.
void evaluate(const RowBlocks& rows, const Threads& threads, MixtureFit& fit);
/// The same for the rows of a matrix, which are not copied; all ranks have the same, and get the
/// clusters of all.
MixtureFit fit_mixture(const MatrixView& data, const MixtureSettings& settings,
                       const Threads& threads, const Progress& progress = {},
                       KeptFits* kept = nullptr);

}  // namespace uhuru::method
#pragma GCC visibility pop
