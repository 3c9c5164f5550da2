// Classifies an uploaded table, within limits.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "uhuru/jobs/predict.hpp"

#pragma GCC visibility push(default)
namespace uhuru::jobs {

struct UploadOptions {
  uint64_t max_rows = 100'000;      // a table with more rows is rejected
  size_t max_row_values = 10'000;   // or more values per row, or 32 per column for arrays
  size_t kept_rows = 1000;          // of the result that stay in memory, fewer for wide rows
  std::function<bool()> stop = {};  // called before each batch: whether to give up
  bool vote = false;                // also by source, which keeps the classes of all rows
  std::optional<std::string> out;   // name of a table for the whole result
  io::WriteOptions write;
};

/// The classes of an uploaded table.
struct UploadClasses : PredictCounts {
  Table rows;  // the first of the result
  /// The vote of the detections of each source, see SourceTables::sources; unset if the table has
  /// no names of sources, or was not asked for.
  std::optional<Table> sources;
  std::vector<std::string> absent;
  std::vector<std::string> notes;  // see TableReader::remarks()
};

/// Classifies the rows of `upload` as predict_table does, in batches: a missing column is a missing
/// feature, see Predictor. Memory is bounded by `kept_rows` and the reader's needs; for the vote,
/// by names and probabilities of up to `max_rows`. Detections that have no observation vote in the
/// order of their rows.
///
/// Throws Error (input) if the columns of all features are absent (with the expected ones), there
/// are more than `max_rows` or `max_row_values`, or `stop` returned true; and as PredictionReader
/// and vote_on_table. If it throws, `out` is not created. Thread-safe for different readers.
UploadClasses classify_upload(io::TableReader& upload, const model::RecipeModel& model,
                              const UploadOptions& options, const Threads& threads);

}  // namespace uhuru::jobs
#pragma GCC visibility pop
