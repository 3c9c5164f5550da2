// What a recipe finds in a table.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "uhuru/base/progress.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/recipe/recipe.hpp"

#pragma GCC visibility push(default)
namespace uhuru::recipe {

/// What a recipe finds in a table, and everything that is wrong.
struct TableCheck {
  struct OfFeature {
    std::string name;
    std::string source;  // a column of the table or an expression; "" if columns are absent
    bool has_errors = false;
    uint64_t rows = 0;  // with a value, of those that are selected
    double least = std::nan(""), greatest = std::nan("");  // of these; NaN if there are none
    uint64_t marked = 0, outside = 0;  // values that count as missing, in all rows
  };
  using Counts = std::vector<std::pair<std::string, uint64_t>>;

  uint64_t rows = 0;
  /// The recipe's name for a column, and the table's, or "" if it lacks it.
  std::vector<std::pair<std::string, std::string>> columns;
  std::vector<OfFeature> features;  // in the order of the recipe
  Counts conditions;                // the rows that satisfy each; those not applied are notes
  uint64_t selected = 0, complete = 0, with_any_feature = 0;  // the last two: of the selected
  std::vector<std::string> label_columns;                     // that the table has
  /// Of the selected rows with any feature: for each class, the labelled ones; other labels, the
  /// most frequent first; rows with an ambiguous label, and without label.
  Counts classes, other_labels;
  uint64_t ambiguous = 0, unlabelled = 0;
  std::vector<std::string> problems;  // the recipe cannot be used with this table
  std::vector<std::string> notes;     // it can, but mind
};

/// Reads the whole table; memory grows with its labelled sources. Throws Error (input) only if the
/// table cannot be read.
TableCheck check_table(io::TableReader& reader, const Recipe& recipe,
                       const Progress& progress = {});

}  // namespace uhuru::recipe
#pragma GCC visibility pop
