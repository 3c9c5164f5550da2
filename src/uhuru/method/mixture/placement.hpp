// The place of a detection in a mixture, and how unusual it is.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/method/ids.hpp"
#include "uhuru/method/mixture/gaussian_mixture.hpp"
#include "uhuru/method/mixture/partial_gaussian.hpp"
#include "uhuru/method/mixture/row_blocks.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// The place of a detection; without any feature it has no cluster, and the numbers are NaN.
struct Placement {
  std::optional<ClusterId> cluster;  // component with the largest responsibility
  double log_density = 0;            // of the non-missing scaled features; natural logarithm
  double tail_probability = 0;       // see MixturePlacer
  /// Percentage of the training detections with a smaller density; NaN if a feature is missing,
  /// since densities of different dimensions are not comparable, or if unknown.
  double percentile = 0;
};

/// Places detections in a mixture. Thread-safe.
class MixturePlacer {
 public:
  /// `quantiles`: see density_quantiles; empty if unknown.
  MixturePlacer(const GaussianMixture& mixture, std::vector<double> quantiles);

  /// The places of scaled rows (rows × D). The result is the same for any number of threads.
  std::vector<Placement> operator()(const MatrixView& scaled, const Threads& threads) const;

  /// `x`: scaled features, NaN if missing (marginalized). The tail probability is the probability
  /// of a larger distance: the chi-squared probability of the Mahalanobis distance from each
  /// component, weighted by the responsibilities. It is small for an anomaly.
  Placement operator()(const double* x) const;

  const MixtureDensity& density() const { return density_; }

 private:
  Placement place_partial(const double* x) const;
  void place_complete(const MatrixView& rows, std::span<const size_t> to,
                      std::vector<Placement>& places) const;

  MixtureDensity density_;
  std::vector<PartialGaussian> components_;
  Vector log_weights_;
  std::vector<double> quantiles_;
};

/// The probability that a chi-squared variable with `degrees` degrees of freedom exceeds `value`;
/// closed form, exact to rounding.
double chi_squared_tail(double value, int degrees);

/// Collective: the quantiles 0, 0.001, … 1 of the log densities of the rows (none missing), as
/// numpy.quantile; for more than a million rows, of every n-th row. Used later to compute
/// percentiles.
std::vector<double> density_quantiles(const RowBlocks& rows, const MixtureDensity& density);

/// The percentage of the rows behind `quantiles` with a smaller log density, between 0 and 100; NaN
/// if there are no quantiles or `log_density` is NaN.
double density_percentile(std::span<const double> quantiles, double log_density);

}  // namespace uhuru::method
#pragma GCC visibility pop
