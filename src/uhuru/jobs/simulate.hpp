// Simulated detections, drawn from a model, with the difficulties of a real catalog.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "uhuru/base/progress.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/model/model.hpp"

#pragma GCC visibility push(default)
namespace uhuru::jobs {

struct SimulateOptions {
  uint64_t rows = 0;
  uint32_t seed = 42;
  std::string out;                        // the detections
  std::optional<std::string> labels_out;  // the counterparts of the labelled sources
  io::WriteOptions write;
};

struct SimulateSummary {
  uint64_t rows = 0, sources = 0, labelled_sources = 0, labelled_rows = 0;
};

/// Draws detections from the model's mixture, converts the features back to the catalog's raw
/// columns, places sources in fields of the sky by their class, and removes values, all as
/// specified under [simulate] in the model's recipe. Rows are drawn and written in blocks, so
/// memory does not depend on their number. The same seed gives the same bytes.
///
/// Throws Error (usage) for zero rows, Error (input) if the recipe's expressions are inconsistent.
SimulateSummary simulate(const SimulateOptions& options, const model::RecipeModel& model,
                         const Progress& progress = {});

}  // namespace uhuru::jobs
#pragma GCC visibility pop
