// Classifies a table that somebody sent, within limits.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "uhuru/pipeline/predict.hpp"

namespace uhuru {

struct UploadOptions {
  uint64_t max_rows = 100'000;      // a table with more is refused
  size_t max_row_values = 10'000;   // and one with more values a row, or 32 a column
  size_t kept_rows = 1000;          // of the result that stay in memory, fewer of wide ones
  std::function<bool()> stop = {};  // asked before each batch: whether to give up
  std::optional<std::string> out;   // name of a table for the whole result
  WriteOptions write;
};

/// The classes of a table that somebody sent.
struct UploadClasses : PredictCounts {
  Table rows;  // the first of the result
  std::vector<std::string> absent;
};

/// Classifies the rows of `upload` as predict_table does, batch by batch: a missing column is a
/// missing feature, see Predictor. Memory is bounded by `kept_rows` and what the reader takes.
///
/// Throws Error (input): none of the features' columns is there, with what was expected; more than
/// `max_rows` or `max_row_values`; `stop` said so; and as PredictionReader. Where it throws, `out`
/// does not appear. Thread-safe for different readers.
UploadClasses classify_upload(TableReader& upload, const Model& model, const UploadOptions& options,
                              const Threads& threads);

}  // namespace uhuru
