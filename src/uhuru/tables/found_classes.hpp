// The columns of a table in which classes and their probabilities stand, whoever made it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "uhuru/table/table.hpp"

namespace uhuru::tables {

struct FoundClasses {
  std::string assigned;                    // column with the class of a row; empty: none
  std::vector<std::string> names;          // of the classes
  std::vector<std::string> probabilities;  // for each class its column; empty: none

  bool any_probability() const;
};

/// Finds them in a table of detections or sources.
///
/// The class is in the column `class_column`, or else in one named class_name, main_type, class,
/// master_class and the like. Probabilities are numbers from 0 to 1, or "mean±std", in columns
/// called as in our tables ("p_qso"), else as the classes, or "P_QSO", "prob_QSO", "QSO_prob" …;
/// without a column of classes, they are neighbouring columns that sum to 1. `known`: the classes,
/// if a recipe names them; otherwise those that occur, or have a probability. Throws Error (input)
/// if the table has no rows, there is neither, or there are more than 256 classes. Thread-safe.
FoundClasses find_classes(const Table& table, const std::string& class_column,
                          const std::vector<std::string>& known);

/// The column of a table's classes, as find_classes finds it; nullptr if there is none.
const Column* find_class_column(const Table& table, const std::string& class_column);

/// A cell of such a column: "" if it says that there is none.
std::string class_text(const Column& column, size_t row);

/// What stands between a number and its spread: "±", or "+/-" as in FITS; empty if neither does.
std::string_view spread_sign(std::string_view text);
/// A number and its spread, "0.056±0.152", or a number without; NaN if missing; nothing if the cell
/// is neither.
std::optional<std::pair<double, double>> mean_and_deviation(const Column& column, size_t row);

}  // namespace uhuru::tables
