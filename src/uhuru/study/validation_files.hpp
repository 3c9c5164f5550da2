// The files of a validation.
#pragma once

#include <array>
#include <vector>

#include "uhuru/io/input.hpp"
#include "uhuru/study/source_study.hpp"
#include "uhuru/study/validate.hpp"

namespace uhuru::study {

constexpr std::array<const char*, 3> validation_levels = {"detection", "soft vote", "hard vote"};

/// The folds of a repeat and the predictions, one per labelled detection; and those of the sources
/// that have a class, from the soft vote.
struct FoldPredictions {
  std::vector<int> folds;
  Predictions predictions, soft;
  std::vector<SourcePrediction> sources;  // one per row of `soft`
};

struct ValidationInputs {
  const io::Input &detections, &labels;
};

/// The stems of the tables, and the other files.
std::vector<std::string> validation_tables();
std::vector<std::string> validation_files();

/// Writes all files. What a format could not hold is appended to the notes of the summary. `table`:
/// name, observation and position of the labelled detections. Throws Error (input) if a file cannot
/// be written.
void write_validation(const ValidateOptions& options, const recipe::Recipe& recipe,
                      ValidateSummary& summary, const Table& table,
                      const std::vector<FoldPredictions>& repeats, const ValidationInputs& inputs,
                      const io::OutputFolder& folder);

}  // namespace uhuru::study
