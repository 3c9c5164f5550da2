// Scores of predictions.
#pragma once

#include <cmath>
#include <span>
#include <vector>

#include "uhuru/study/curves.hpp"
#include "uhuru/study/predictions.hpp"

#pragma GCC visibility push(default)
namespace uhuru::study {

/// Scores of one label against all others. T: a number, or a number with its interval.
template <class T>
struct LabelScores {
  T precision{}, recall{}, f1{};     // NaN if 0/0
  T roc_auc{}, average_precision{};  // see CurveAreas
};

/// All scores of predictions; NaN if undefined.
template <class T>
struct Scores {
  T accuracy{};
  T balanced_accuracy{};               // the mean recall of the labels that occur
  T balanced_accuracy_equal_priors{};  // the same for decisions by the largest probability / prior
  T macro_f1{};                        // the mean F1 of the labels that occur or were predicted
  T log_loss{};           // natural logarithm, probabilities clipped to ε … 1 - ε, sum 1
  T brier{};              // the mean over rows of the sum over labels of (p - [truth])²
  T calibration_error{};  // expected: over ten bins, weighted, |accuracy - mean largest p|
  std::vector<LabelScores<T>> labels;
};

/// Calls `visit(name, score)` for each score of a label, in order.
template <class AnyLabelScores, class Visit>
void visit_label_scores(AnyLabelScores& scores, Visit&& visit) {
  visit("precision", scores.precision);
  visit("recall", scores.recall);
  visit("f1", scores.f1);
  visit("roc_auc", scores.roc_auc);
  visit("average_precision", scores.average_precision);
}

/// The same for the scores that do not refer to a single label.
template <class AnyScores, class Visit>
void visit_scores(AnyScores& scores, Visit&& visit) {
  visit("accuracy", scores.accuracy);
  visit("balanced_accuracy", scores.balanced_accuracy);
  visit("balanced_accuracy_equal_priors", scores.balanced_accuracy_equal_priors);
  visit("macro_f1", scores.macro_f1);
  visit("log_loss", scores.log_loss);
  visit("brier", scores.brier);
  visit("calibration_error", scores.calibration_error);
}

/// A mean over the defined values; NaN if there are none.
class Mean {
 public:
  void add(double value) {
    if (std::isnan(value)) return;
    sum_ += value;
    ++count_;
  }
  double value() const { return sum_ / count_; }

 private:
  double sum_ = 0, count_ = 0;
};

constexpr size_t reliability_bins = 10;

/// The rows whose largest probability is in [low, high), or [low, 1] for the last bin.
struct ReliabilityBin {
  double low, high;
  double count;                       // sum of weights
  double mean_probability, accuracy;  // NaN if the bin is empty
};

/// Computes scores for any row weights; work that does not depend on them is done once.
/// Thread-safe.
class Scorer {
 public:
  /// `predictions`: as required by check_predictions, without rows left out. Scores that need
  /// probabilities or priors are NaN without them; all are NaN if no row has positive weight.
  explicit Scorer(const Predictions& predictions);

  /// `weights`: one non-negative weight per row; used instead of those in the predictions. Integer
  /// weights are equivalent to that many copies of the rows. Source: scikit-learn 1.2's functions
  /// with sample_weight; balanced_accuracy_equal_priors, brier and calibration_error as defined
  /// above.
  Scores<double> scores(std::span<const double> weights) const;

  /// Rows: truth, columns: predicted.
  Matrix confusion(std::span<const double> weights) const;
  /// Empty without probabilities.
  std::vector<ReliabilityBin> reliability(std::span<const double> weights) const;
  /// One per label; none without probabilities.
  const std::vector<RankedRows>& ranked() const { return ranked_; }

 private:
  /// The contribution of a row to the scores, times its weight.
  struct Row {
    int truth, predicted, with_equal_priors;
    int bin;
    double log_loss, brier, largest_probability;
  };

  void prepare_probabilities(const Predictions& predictions);
  void prepare_priors(const Predictions& predictions);

  size_t labels_;
  bool has_probabilities_, has_priors_;
  std::vector<Row> rows_;
  std::vector<RankedRows> ranked_;
};

}  // namespace uhuru::study
#pragma GCC visibility pop
