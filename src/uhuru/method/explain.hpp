// Why a source has its class: what each feature says.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/method/model.hpp"
#include "uhuru/method/rows.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// How much speaks for each class against all others: natural logarithms of odds, one per class of
/// the settings, NaN for one that was not learned. prior + the features' + together = total.
struct Explanation {
  Vector prior;     // of the source before any feature is known
  Matrix features;  // D × classes: how much lower the total is if the feature is not known
  Vector together;  // what features say only together, or several of them alike
  Vector total;     // of the source with all features
};

/// Explains the classes of sources by the method bayes, with the model's prior.
///
/// `sources`: the places of each source's detections in `rows`; nothing for a source of which no
/// detection has a feature. A feature is integrated out of the
/// Gaussians exactly, and in the trees by following both branches, in all detections at once; one
/// that no detection has says nothing. Throws Error (input) if the model's method is another. The
/// result is the same for any number of threads. Thread-safe.
std::vector<std::optional<Explanation>> explain(const Model& model, const DetectionRows& rows,
                                                std::span<const std::vector<size_t>> sources,
                                                const Threads& threads);
/// The same for one source, whose detections are all rows. Throws Error (input) also if none has a
/// feature.
Explanation explain(const Model& model, const DetectionRows& rows, const Threads& threads);

}  // namespace uhuru::method
#pragma GCC visibility pop
