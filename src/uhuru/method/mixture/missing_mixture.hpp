// Gaussian mixtures of rows with missing features.
#pragma once

#include "uhuru/method/mixture/gaussian_mixture.hpp"

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
MixtureFit fit_missing_mixture(const Matrix& data, const MixtureSettings& settings,
                               const Threads& threads, const Progress& progress = {});

}  // namespace uhuru::method
