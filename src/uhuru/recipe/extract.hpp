// Extracts the feature matrix from the columns of a table.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/recipe/expression.hpp"
#include "uhuru/recipe/recipe.hpp"
#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::recipe {

enum class AbsentColumns { refused, missing_values };

/// The 68 % confidence limits of features, unscaled: rows × features, NaN if unknown. No rows if
/// the table has no such columns.
struct Limits {
  Matrix lower, upper;

  /// The limits of the given rows, in this order.
  Limits take(std::span<const size_t> rows) const;
};

/// Values of a feature that count as missing although the table has a number.
struct Unusable {
  uint64_t count = 0;
  double first = 0;        // the first such value
  uint64_t first_row = 0;  // its row in the file, from 1

  void add(double value, uint64_t row);
};

/// Computes a recipe's features and selection for the rows of a table, in batches.
///
/// If the table has both a feature's own column and those of its expression, Feature::prefer
/// decides, otherwise the column is used, and a note says so. Marks of missing values count as
/// missing in every column that the feature reads; a value outside the feature's range counts as
/// missing. Single-precision columns are compared in single precision. Not thread-safe.
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
  /// The number of values outside their feature's range, in the rows read so far.
  uint64_t out_of_range() const;
  /// What was odd about the columns, and the values that count as missing in the rows read so far.
  /// `uses_limits`: whether the method takes confidence limits into account.
  std::vector<std::string> notes(bool uses_limits) const;

 private:
  struct Input {
    size_t column = 0;                     // if there is no expression
    std::optional<Expression> expression;  // otherwise of these columns
    std::vector<size_t> operands;
  };
  struct LimitColumns {
    size_t feature, lower, upper;
  };
  std::optional<Input> expression_input(const std::string& text, const Table& header,
                                        std::vector<std::string>& missing) const;
  std::optional<Input> feature_input(const Feature& feature, const Table& header,
                                     std::vector<std::string>& missing);
  void find_limits(const Table& header);
  void find_conditions(const Recipe& recipe, const Table& header);
  double usable(size_t feature, double value, Type type, uint64_t row);

  std::vector<Feature> features_;
  std::vector<std::optional<Input>> inputs_;  // one per feature
  std::vector<LimitColumns> limits_;
  std::vector<Input> conditions_;
  std::vector<std::string> absent_, left_out_, notes_;
  std::vector<std::string> limit_notes_, usual_limit_notes_;  // absent limits
  std::vector<Unusable> marked_, outside_;                    // one per feature
};

}  // namespace uhuru::recipe
#pragma GCC visibility pop
