// The place of a detection in a mixture, and how unusual it is.
#pragma once

#include <span>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/mixture/gaussian_mixture.hpp"
#include "uhuru/mixture/partial_gaussian.hpp"
#include "uhuru/mixture/row_blocks.hpp"

namespace uhuru {

/// The place of a detection.
struct Placement {
  int cluster = -1;         // component with the largest responsibility; -1 without any feature
  double log_density = 0;   // of the non-missing features; NaN without any
  double tail_probability;  // see MixturePlacer; NaN without any feature
};

/// Places detections in a mixture. Thread-safe.
class MixturePlacer {
 public:
  explicit MixturePlacer(const GaussianMixture& mixture);

  /// `x`: scaled features, NaN if missing (marginalized). The tail probability is the probability
  /// of a larger distance: the chi-squared probability of the Mahalanobis distance from each
  /// component, weighted by the responsibilities. It is small for an anomaly.
  Placement operator()(const double* x) const;

 private:
  std::vector<PartialGaussian> components_;
  Vector log_weights_;
};

/// The probability that a chi-squared variable with `degrees` degrees of freedom exceeds `value`;
/// closed form, exact to rounding.
double chi_squared_tail(double value, int degrees);

/// The quantiles 0, 0.001, … 1 of the log densities of the rows (none missing), as numpy.quantile;
/// for more than a million rows, of every n-th row. Used later to compute percentiles.
std::vector<double> density_quantiles(const RowBlocks& rows, const MixtureDensity& density);

/// The percentage of the rows behind `quantiles` with a smaller log density, between 0 and 100; NaN
/// if there are no quantiles or `log_density` is NaN.
double density_percentile(std::span<const double> quantiles, double log_density);

}  // namespace uhuru
