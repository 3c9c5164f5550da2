// Gaussian mixtures of rows with missing features.
#pragma once

#include "uhuru/method/mixture/gaussian_mixture.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// Fits a mixture to rows × D, NaN if missing, by EM with the exact conditional expectations of the
/// missing features. Without any missing feature the result is that of fit_mixture.
///
/// Each start is k-means on the rows completed by what one Gaussian of all rows expects; steps,
/// stopping rule and choice among starts are those of fit_mixture. A row without any feature counts
/// nowhere, and its cluster is 0. Time is linear in the rows for a bounded number of patterns.
/// Identical for any number of threads. Throws Error (input) if there are fewer rows than
/// components, a feature is missing in all rows, or a component collapses. Source: Ghahramani &
/// Jordan 1994.
MixtureFit fit_missing_mixture(const MatrixView& data, const MixtureSettings& settings,
                               const Threads& threads, const Progress& progress = {},
                               KeptFits* kept = nullptr);

/// The logarithm of weight × density of each component for the features that a row has (rows × D,
/// NaN if missing): rows × K; of a row without any feature, the logarithm of the weights. Identical
/// for any number of threads. Throws Error (input) if a covariance is not positive definite.
Matrix log_joint(const GaussianMixture& mixture, const MatrixView& data, const Threads& threads);

}  // namespace uhuru::method
#pragma GCC visibility pop
