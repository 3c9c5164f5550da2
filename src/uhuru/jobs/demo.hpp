// A run on simulated detections, for trying out uhuru without data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "uhuru/base/progress.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/recipe/recipe.hpp"

#pragma GCC visibility push(default)
namespace uhuru::jobs {

/// Enough for every class and every field of the sky; takes two seconds on two processors with
/// `bayes`, a quarter of a second with `mahalanobis`.
constexpr uint64_t demo_detections = 20000;

/// Draws detections and their labels from the built-in model csc2-published, runs the whole method
/// with the built-in recipe csc2 on them, and returns the path of the catalog.
///
/// `folder` is created if it does not exist; detections.vot, labels.csv and the output of `run` are
/// written to it. The run's record and the catalog say that they are simulated. `method`: overrides
/// the recipe's. The tables are the same each time and for any number of threads. Throws Error
/// (usage) if the files exist, Error (input) if the folder is not writable or the detections are
/// too few to learn from.
std::string make_simulated_run(const std::string& folder, uint64_t detections,
                               std::optional<method::Method> method, const Threads& threads,
                               const Progress& progress = {});

}  // namespace uhuru::jobs
#pragma GCC visibility pop
