// An evaluation: scores with confidence intervals, confusion matrix, curves.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/study/metrics.hpp"

#pragma GCC visibility push(default)
namespace uhuru::study {

struct EvaluateOptions {
  std::string level = "detections";  // what a row is: "detections" or "sources"
  std::string of = "classes";        // what a label is: "classes" or "groups"
  size_t replicates = 1000;          // of the bootstrap; 0: no intervals
  double coverage = 0.95;            // of the intervals
  uint32_t seed = 42;
};

/// A score with its interval; NaN if undefined.
struct Interval {
  double value = 0, low = 0, high = 0;
};

/// For several repeats of a cross-validation, scores are the mean over the repeats in which they
/// are defined; everything else covers all repeats together, so counts are sums.
struct Evaluation {
  std::string level, of;
  std::vector<std::string> labels;
  double rows = 0;      // with their weights; without rows left out
  size_t sources = 0;   // distinct ones among these rows
  size_t left_out = 0;  // rows without a predicted label; used nowhere else
  Matrix confusion;     // rows: truth, columns: predicted
  Scores<Interval> scores;
  std::vector<ReliabilityBin> reliability;   // empty without probabilities, as are the curves
  std::vector<Curve> roc, precision_recall;  // of each label; see RankedRows
};

/// Evaluates the predictions of one or more repeats of the same cross-validation.
///
/// All repeats have the same labels and source numbers, and all or none have probabilities and
/// priors. The intervals are percentiles (linear, as numpy.percentile) of the scores of
/// `replicates` samples of sources, of the original size, drawn with replacement and shared by all
/// repeats; a replicate with an undefined score is excluded from that score's interval. A
/// precision, recall or F1 of 0/0 counts as 0, as with scikit-learn's zero_division=0. Throws Error
/// (bug): see check_predictions; also if there are no repeats or they are inconsistent. The result
/// is the same for any number of threads. Source: Efron & Tibshirani 1993, ch. 13.
Evaluation evaluate(const std::vector<Predictions>& repeats, const EvaluateOptions& options,
                    const Threads& threads);

/// The evaluation as written to result files. An undefined number, or a score with its interval, is
/// null; entries that need probabilities are absent without them, and a curve is absent if
/// undefined. Curves are thinned to 400 points.
nlohmann::ordered_json evaluation_json(const Evaluation& evaluation);

}  // namespace uhuru::study
#pragma GCC visibility pop
