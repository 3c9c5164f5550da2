// ROC and precision–recall curves of one label against all others, and the areas under them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "uhuru/study/predictions.hpp"

#pragma GCC visibility push(default)
namespace uhuru::study {

/// The points of a curve, x[i] with y[i].
struct Curve {
  std::vector<double> x, y;
};

/// The areas under both curves; NaN if no row or every row has the label.
struct CurveAreas {
  double roc_auc, average_precision;
};

/// Rows sorted by their probability of one label: sorted once for all row weights. Thread-safe.
class RankedRows {
 public:
  /// `predictions` must have probabilities and fewer than 2^32 rows.
  RankedRows(const Predictions& predictions, size_t label);

  /// As scikit-learn's roc_auc_score and average_precision_score of the label against the others
  /// with these weights, one per row.
  CurveAreas areas(std::span<const double> weights) const;

  /// As roc_curve(drop_intermediate=False): false positive rate (x) and true positive rate (y) from
  /// (0, 0) to (1, 1). Empty if no row or every row has the label.
  Curve roc(std::span<const double> weights) const;
  /// As precision_recall_curve: recall (x) from 1 to 0 and precision (y). Empty in the same cases.
  Curve precision_recall(std::span<const double> weights) const;

 private:
  struct Entry {
    uint32_t row;
    bool has_label;
    bool ends_tie;  // the next row has a smaller probability
  };

  /// Calls `visit(positives, negatives)` with the weights of each set of rows with equal
  /// probability.
  template <class Visit>
  void for_ties(std::span<const double> weights, const Visit& visit) const;

  std::vector<Entry> entries_;
};

}  // namespace uhuru::study
#pragma GCC visibility pop
