// Extracts the feature matrix from the columns of a table.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/features/expression.hpp"
#include "uhuru/features/recipe.hpp"
#include "uhuru/features/scaling.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru {

enum class AbsentColumns { refused, missing_values };

/// The 68 % confidence limits of features, unscaled: rows × features, NaN if unknown. No rows if
/// the table has no such columns.
struct Limits {
  Matrix lower, upper;

  /// The limits of the given rows, in this order.
  Limits take(std::span<const size_t> rows) const;
};

/// The variances of the measurement errors of scaled features: half the distance between the scaled
/// limits, squared; 0 if they are unknown or out of order. No rows if there are no limits.
/// Thread-safe.
Matrix scaled_variance(const Limits& limits, const Scaling& scaling);

/// Computes a recipe's features and selection for the rows of a table, in batches. If a feature has
/// its own column, that column is used, even if the recipe has an expression. Not thread-safe.
class FeatureExtractor {
 public:
  /// `header` gives the columns of all batches. Throws Error (input) with every feature whose
  /// columns are absent and the nearest names; with AbsentColumns::missing_values only if the
  /// columns of all features are absent.
  FeatureExtractor(const Recipe& recipe, const Table& header, AbsentColumns absent);

  /// One row for each row of the batch, one column per feature, unscaled; NaN if a value is missing
  /// or undefined (division by zero). `first_row` is the number of the first row in the file, for
  /// messages. Throws Error (input) for text and for infinite values.
  Matrix features(const Table& batch, uint64_t first_row = 0);
  /// The confidence limits of features for which the recipe names columns that the table has.
  Limits limits(const Table& batch, uint64_t first_row = 0) const;
  /// Whether each row satisfies the selection; missing values do not.
  std::vector<bool> selected(const Table& batch, uint64_t first_row = 0);

  /// Required columns that are absent: "var_prob_b", "var_ratio_b (needs var_sigma_b)".
  const std::vector<std::string>& absent() const { return absent_; }
  /// Conditions of the selection that were not applied because a column is absent.
  const std::vector<std::string>& conditions_left_out() const { return left_out_; }
  bool has_selection() const { return !conditions_.empty(); }

 private:
  struct Input {
    size_t column = 0;                     // if there is no expression
    std::optional<Expression> expression;  // otherwise of these columns
    std::vector<size_t> operands;
  };
  std::optional<Input> expression_input(const std::string& text, const Table& header,
                                        std::vector<std::string>& missing) const;

  std::vector<std::optional<Input>> inputs_;  // one per feature
  struct LimitColumns {
    size_t feature, lower, upper;
  };
  std::vector<LimitColumns> limits_;
  std::vector<Input> conditions_;
  std::vector<std::string> absent_, left_out_;
};

}  // namespace uhuru
