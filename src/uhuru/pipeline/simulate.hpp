// Detections drawn from a model, with everything that makes a real catalog awkward.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "uhuru/base/progress.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/model/model.hpp"

namespace uhuru {

struct SimulateOptions {
  uint64_t rows = 0;
  uint32_t seed = 42;
  std::string out;                        // the detections
  std::optional<std::string> labels_out;  // the counterparts of the labelled sources
  WriteOptions write;
};

struct SimulateSummary {
  uint64_t rows = 0, sources = 0, labelled_sources = 0, labelled_rows = 0;
};

/// Draws detections from the model's mixture, turns the features back into the catalog's raw
/// columns, places sources in fields of the sky by their class, and leaves values missing, all as
/// the model's recipe says under [simulate]. Rows are drawn in blocks and written as they come: any
/// number of them takes the same memory. The same seed gives the same bytes.
///
/// Throws Error (usage) for no rows, Error (input) where the recipe's expressions do not fit.
SimulateSummary simulate(const SimulateOptions& options, const Model& model,
                         const Progress& progress = {});

}  // namespace uhuru
