// Extracts the feature matrix from the columns of a table.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "uhuru/base/communicator.hpp"
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

/// A feature whose columns of limits or errors a table lacks.
struct AbsentLimits {
  std::string feature;
  std::vector<std::string> columns;
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
/// decides, otherwise the column is used, and a note says so. A name in an expression is that of an
/// earlier feature, in a condition of any feature, otherwise of a column. Marks of missing values
/// count as missing in every column that the feature reads; a value outside the feature's range
/// counts as missing. Single-precision columns are compared in single precision, in conditions as
/// they are written. Not thread-safe.
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
  /// The confidence limits of features whose columns of limits or errors the table has. `features`:
  /// of this batch.
  Limits limits(const Table& batch, const Matrix& features, uint64_t first_row = 0) const;
  /// Whether each row satisfies the selection; a condition that is missing is not satisfied.
  /// `features`: of this batch.
  std::vector<bool> selected(const Table& batch, const Matrix& features,
                             uint64_t first_row = 0) const;
  /// The same for one of conditions().
  std::vector<bool> satisfied(size_t condition, const Table& batch, const Matrix& features,
                              uint64_t first_row = 0) const;
  /// The conditions that are applied.
  std::vector<std::string> conditions() const;

  /// Required columns that are absent: "var_prob_b", "var_ratio_b (needs var_sigma_b)".
  const std::vector<std::string>& absent() const { return absent_; }
  /// Conditions of the selection that were not applied because a column is absent.
  const std::vector<std::string>& conditions_left_out() const { return left_out_; }
  bool has_selection() const { return !conditions_.empty(); }
  /// Whether the table has the columns of its errors.
  bool has_errors(size_t feature) const;
  /// What a feature is computed from: the name of a column, or an expression; "" if the table lacks
  /// the columns.
  std::string source_of(size_t feature, const Table& header) const;
  /// The values of a feature that count as missing in the rows read so far: marks, and those out of
  /// its range.
  const Unusable& marked(size_t feature) const { return marked_[feature]; }
  const Unusable& outside(size_t feature) const { return outside_[feature]; }
  /// The number of values outside their feature's range, in the rows read so far.
  uint64_t out_of_range() const;
  /// What was odd about the columns, and the values that count as missing in the rows read so far.
  /// `uses_limits`: whether the method takes confidence limits into account.
  std::vector<std::string> notes(bool uses_limits) const;
  /// Collective: takes the values that count as missing of all ranks together, whose rows follow
  /// one another. `late_rows`: what is to be added to the row numbers of this rank.
  void share(const Communicator& ranks, uint64_t late_rows);

 private:
  /// What an expression reads: a column of the table, or an earlier feature.
  struct Source {
    bool is_feature = false;
    size_t place = 0;
    Operand operand = {};
    Type type = Type::float64;  // of the column, also that of a feature
  };
  struct Input {
    size_t column = 0;                     // if there is no expression
    std::optional<Expression> expression;  // otherwise of these
    std::vector<Source> sources;
  };
  struct LimitColumns {
    size_t feature, lower, upper;
  };
  struct ErrorInput {
    size_t feature;
    Input input;
  };
  class Values;
  /// `usable_features`: how many features the expression may use.
  std::optional<Input> expression_input(const std::string& text, const Table& header,
                                        size_t usable_features,
                                        std::vector<std::string>& missing) const;
  std::optional<Input> feature_input(size_t feature, const Table& header,
                                     std::vector<std::string>& missing);
  void find_limits(const Table& header);
  void find_conditions(const Table& header);

  Recipe recipe_;
  std::vector<std::optional<Input>> inputs_;  // one per feature
  std::vector<LimitColumns> limits_;
  std::vector<ErrorInput> errors_;
  std::vector<Input> conditions_;
  std::vector<std::string> absent_, left_out_, notes_;
  std::vector<AbsentLimits> without_limits_, without_usual_limits_;
  std::vector<Unusable> marked_, outside_;  // one per feature
};

}  // namespace uhuru::recipe
#pragma GCC visibility pop
