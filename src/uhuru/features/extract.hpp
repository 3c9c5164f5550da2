// From the columns of a table to the matrix of features.
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

/// The 68 % confidence limits of some rows' features, unscaled: rows × features, NaN where not
/// known. No rows where the table has no such columns.
struct Limits {
  Matrix lower, upper;

  /// Those of the rows of these numbers, in this order.
  Limits take(std::span<const size_t> rows) const;
};

/// The variances of the measurement errors of scaled features: half the distance between the scaled
/// limits, squared; 0 where they are not known or not in order. No rows where there are no limits.
/// Thread-safe.
Matrix scaled_variance(const Limits& limits, const Scaling& scaling);

/// Computes a recipe's features and selection for the rows of a table, batch by batch. A feature
/// whose own column is there is taken from it, even where the recipe has an expression for it. Not
/// thread-safe.
class FeatureExtractor {
 public:
  /// `header` gives the columns of all batches. Throws Error (input) that names every feature
  /// whose columns are not there, with the nearest names; with AbsentColumns::missing_values only
  /// where no feature's columns are.
  FeatureExtractor(const Recipe& recipe, const Table& header, AbsentColumns absent);

  /// One row for each row of the batch, one column a feature, unscaled; NaN where a value is
  /// missing or cannot be computed (a division by zero). `first_row` is the batch's first row in
  /// the file, for messages. Throws Error (input) for text and for infinite values.
  Matrix features(const Table& batch, uint64_t first_row = 0);
  /// The limits of the features that the recipe names columns for and the table has them.
  Limits limits(const Table& batch, uint64_t first_row = 0) const;
  /// Whether each row fulfils the selection; a missing value fulfils none.
  std::vector<bool> selected(const Table& batch, uint64_t first_row = 0);

  /// Columns that were looked for and are not there: "var_prob_b", "var_ratio_b (needs
  /// var_sigma_b)".
  const std::vector<std::string>& absent() const { return absent_; }
  /// Conditions of the selection that were left out because a column of theirs is not there.
  const std::vector<std::string>& conditions_left_out() const { return left_out_; }
  bool has_selection() const { return !conditions_.empty(); }

 private:
  struct Input {
    size_t column = 0;                     // where there is no expression
    std::optional<Expression> expression;  // else of these columns
    std::vector<size_t> operands;
  };
  std::optional<Input> expression_input(const std::string& text, const Table& header,
                                        std::vector<std::string>& missing) const;

  std::vector<std::optional<Input>> inputs_;  // one a feature
  struct LimitColumns {
    size_t feature, lower, upper;
  };
  std::vector<LimitColumns> limits_;
  std::vector<Input> conditions_;
  std::vector<std::string> absent_, left_out_;
};

}  // namespace uhuru
