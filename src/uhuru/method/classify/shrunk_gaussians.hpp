// A Gaussian of each class in each cluster, shrunk more the fewer members it has.
#pragma once

#include <span>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/method/ids.hpp"
#include "uhuru/method/mixture/gaussian_mixture.hpp"
#include "uhuru/method/mixture/patterns.hpp"

namespace uhuru::method {

/// The weight of the prior, in members.
struct Shrinkage {
  double mean = 30;        // of a class's mean towards its cluster's, shifted with the class
  double covariance = 50;  // of its covariance towards its cluster's
  double cluster = 20;     // of its shares of the clusters towards those of the mixture
};

/// A class in a cluster whose own covariance was of no use.
struct Collapsed {
  size_t class_number;
  ClusterId cluster;
};

/// Fits Gaussians of C classes in K clusters, as one mixture of C × K components: class c in
/// cluster k is component c * K + k, and its weight is the share of cluster k in class c.
///
/// `data`: rows × D, NaN if missing, with `patterns` of its rows: the conditional expectations of
/// the missing features are those of the clusters first, then those of the fit itself.
/// `responsibilities`: rows × K. `classes`: for each row, 0 … C-1. `weights`: for each row,
/// non-negative; a class whose weights are all 0 gets the clusters' own Gaussians. `clusters` is
/// the mixture that the responsibilities come from. A covariance that is not positive definite is
/// replaced by that of all clusters together, and added to `collapsed`, if given. Thread-safe.
GaussianMixture fit_class_gaussians(const Matrix& data, const std::vector<Pattern>& patterns,
                                    const Matrix& responsibilities, std::span<const int> classes,
                                    std::span<const double> weights, size_t class_count,
                                    const GaussianMixture& clusters, const Shrinkage& shrinkage,
                                    std::vector<Collapsed>* collapsed = nullptr);

}  // namespace uhuru::method
