// The tables of a validation.
#pragma once

#include <string>
#include <vector>

#include "uhuru/recipe/recipe.hpp"
#include "uhuru/study/evaluation.hpp"
#include "uhuru/study/source_study.hpp"
#include "uhuru/study/validation_files.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru::study {

/// Numbers of detections: "1", "2-3", "11+".
std::string range_text(const CountReliability& one);

/// All scores, one per row.
Table metrics_table(const std::vector<Evaluation>& evaluations, const SourceStudy& study);
/// All predictions, by detection within each repeat; those of sources, by source. `detections`:
/// name, observation and position of the labelled detections. `repeats`: at least one, which has
/// the labels.
Table predictions_table(const recipe::Recipe& recipe, const Table& detections,
                        const std::vector<FoldPredictions>& repeats);
Table source_predictions_table(const recipe::Recipe& recipe, const Table& detections,
                               const std::vector<FoldPredictions>& repeats, double coverage);

}  // namespace uhuru::study
