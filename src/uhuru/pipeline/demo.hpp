// A run on simulated detections, for those who have none at hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "uhuru/base/progress.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/features/recipe.hpp"

namespace uhuru {

/// Enough for every class and every field of the sky; two seconds on two processors by `bayes`, a
/// quarter of one by `mahalanobis`.
constexpr uint64_t demo_detections = 20000;

/// Draws so many detections and their labels from the built-in model csc2-published, runs the whole
/// method of the built-in recipe csc2 on them, and returns the path of the catalog.
///
/// `folder` is made where it is not there; it gets detections.vot, labels.csv and what `run`
/// writes. The run's record and the catalog say that they are simulated. `method`: instead of the
/// recipe's. The same tables each time and at any number of threads. Throws Error (usage) where the
/// files exist, Error (input) where the folder cannot be written or the detections are too few to
/// learn from.
std::string make_simulated_run(const std::string& folder, uint64_t detections,
                               std::optional<Method> method, const Threads& threads,
                               const Progress& progress = {});

}  // namespace uhuru
