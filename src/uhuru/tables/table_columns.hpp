// The columns of a table with classes, under the names and types that a run's tables have.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/method/ids.hpp"
#include "uhuru/tables/run_folder.hpp"
#include "uhuru/tables/table_recipe.hpp"

namespace uhuru::tables {

/// What the rows of a table say of their classes; one entry, or row, per row of the table.
struct RowClasses {
  std::vector<std::optional<method::ClassId>> assigned, hard;  // hard: empty if the table has none
  std::vector<std::string> labels, standings;  // standings: empty if the table has none
  Matrix probabilities, means, deviations;     // rows × classes; NaN if missing
  std::vector<bool> learned;            // for each class whether a row has a probability of it
  std::vector<double> p_known, counts;  // counts: of detections; both may be empty
  std::vector<std::vector<bool>> sets;  // may be empty
  std::optional<double> coverage;       // of the sets
  bool has_deviations = false;

  bool any_probability() const;
};

/// Reads the classes. Throws Error (input) with row and column for a class that the recipe does not
/// have, and for what is no number.
RowClasses read_row_classes(const Table& rows, const TableRecipe& of_table);

/// The table as clusters.csv: name, observation, position, label, cluster, features, carried
/// columns and anomalies; those that it lacks are missing, or left out if a run's table may do so.
/// Clusters are whole numbers from 0 to 999, or all missing. `notes` tell of positions that cannot
/// be read, and of a column of other clusters. Throws Error (input) as positions(), and with row
/// and column for what is no number.
Table cluster_columns(const Table& rows, const TableRecipe& of_table,
                      std::vector<std::string>& notes);

}  // namespace uhuru::tables
