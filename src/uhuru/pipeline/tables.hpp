// The tables that a run writes, with the columns that users of the published method know.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/features/recipe.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru {

/// name, observation, ra, dec, main_type (the label), cluster, features; in the order of the
/// detections.
Table cluster_table(const Table& detections, const std::vector<std::string>& labels,
                    std::span<const int> clusters, const Matrix& features, const Recipe& recipe);

/// The classes of some detections, for class_table.
struct Classified {
  std::vector<int> clusters;  // -1: none
  std::vector<int> classes;   // -1: none
  Matrix probabilities;       // rows × classes; not used where the class is -1
};

/// The columns of class_table, without rows: name, observation, cluster, ra, dec, main_type (the
/// class), probabilities, [features_missing,] features. Of name, observation and position those
/// that `detections` has.
Table class_table_header(const Table& detections, const Recipe& recipe, bool with_missing);

/// Adds rows of detections to a table of class_table_header.
void append_classes(const Table& detections, const Classified& classified, const Matrix& features,
                    const Recipe& recipe, const std::vector<int>* features_missing, Table& table);

/// The table with a first column without a name that numbers the rows from 0, as the published
/// files have it.
Table with_row_numbers(const Table& table);

}  // namespace uhuru
