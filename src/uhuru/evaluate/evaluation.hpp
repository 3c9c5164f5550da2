// An evaluation: scores with their intervals, confusion matrix, curves.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/evaluate/metrics.hpp"

namespace uhuru {

struct EvaluateOptions {
  std::string level = "detections";  // what a row is: "detections" or "sources"
  std::string of = "classes";        // what a label is: "classes" or "groups"
  size_t replicates = 1000;          // of the bootstrap; 0: no intervals
  double coverage = 0.95;            // of the intervals
  uint32_t seed = 42;
};

/// A score with its interval; what is not defined is NaN.
struct Interval {
  double value = 0, low = 0, high = 0;
};

/// Of several repeats of a cross-validation, scores are the mean over the repeats that have them;
/// all else is of all repeats together, so that counts are sums.
struct Evaluation {
  std::string level, of;
  std::vector<std::string> labels;
  double rows = 0;      // with their weights; without those left out
  size_t sources = 0;   // different ones among these rows
  size_t left_out = 0;  // rows without a predicted label; nothing else counts them
  Matrix confusion;     // rows: truth, columns: predicted
  Scores<Interval> scores;
  std::vector<ReliabilityBin> reliability;   // empty without probabilities, as are the curves
  std::vector<Curve> roc, precision_recall;  // of each label; see RankedRows
};

/// Evaluates the predictions of one or several repeats of the same cross-validation.
///
/// All repeats have the same labels, all or none of them probabilities and priors, and they number
/// their sources alike. The intervals are percentiles (linear, as numpy.percentile) of the scores
/// of `replicates` samples of as many sources, drawn with replacement, the same in each repeat; a
/// replicate in which a score is not defined is left out of its interval. A precision, recall or F1
/// of 0/0 has the value 0, as with scikit-learn's zero_division=0. Throws Error (bug): see
/// check_predictions; also without a repeat, or where they are not alike. The same at any number of
/// threads. Source: Efron & Tibshirani 1993, ch. 13.
Evaluation evaluate(const std::vector<Predictions>& repeats, const EvaluateOptions& options,
                    const Threads& threads);

/// The evaluation as the files of results have it. A number that is not defined is null, and so is
/// a score with its interval; what needs probabilities is absent where there are none, a curve
/// where it is not defined. Curves are thinned to 400 points.
nlohmann::ordered_json evaluation_json(const Evaluation& evaluation);

}  // namespace uhuru
