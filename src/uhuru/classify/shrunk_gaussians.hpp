// A Gaussian of each class in each cluster, shrunk so far as its members are few.
#pragma once

#include <span>

#include "uhuru/base/matrix.hpp"
#include "uhuru/mixture/gaussian_mixture.hpp"

namespace uhuru {

/// How many members the prior counts as.
struct Shrinkage {
  double mean = 30;        // of a class's mean towards its cluster's, moved with the class
  double covariance = 50;  // of its covariance towards its cluster's
  double cluster = 20;     // of its shares of the clusters towards those of the mixture
};

/// Gaussians of C classes in K clusters, as one mixture of C × K components: class c in cluster k
/// is component c * K + k, and its weight is the share of cluster k in class c.
///
/// `data`: rows × D, none missing. `responsibilities`: rows × K. `classes`: of each row, 0 … C-1.
/// `weights`: of each row, 0 or more; a class whose weights are all 0 gets the clusters' own
/// Gaussians. `clusters` is the mixture that the responsibilities are from. Thread-safe.
GaussianMixture fit_class_gaussians(const Matrix& data, const Matrix& responsibilities,
                                    std::span<const int> classes, std::span<const double> weights,
                                    size_t class_count, const GaussianMixture& clusters,
                                    const Shrinkage& shrinkage);

}  // namespace uhuru
