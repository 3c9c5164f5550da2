// The output tables of a run, with the columns of the published method.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/features/recipe.hpp"
#include "uhuru/mixture/placement.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru {

/// How unusual detections are under a mixture: log_density (natural logarithm, of the non-missing
/// scaled features), density_percentile (percentage of training detections with a smaller density;
/// missing if any feature is, since densities of different dimensions are not comparable),
/// tail_probability (see MixturePlacer).
struct Anomalies {
  std::vector<Placement> placements;  // one per row
  std::vector<double> percentiles;
};
/// For rows of scaled features (NaN if missing). `quantiles`: as in Model, may be empty. The result
/// is the same for any number of threads.
Anomalies find_anomalies(const MixturePlacer& placer, std::span<const double> quantiles,
                         const Matrix& scaled, const Threads& threads);

/// Adds the columns of name, observation, ra and dec to `table`, if `detections` has them, with
/// their names in the recipe, and returns these columns; they are valid as long as `detections`.
std::vector<const Column*> add_identity(const Table& detections, const Recipe& recipe,
                                        Table& table);

/// name, observation, ra, dec, main_type (the label), cluster, features, anomalies; in the order of
/// the detections.
Table cluster_table(const Table& detections, const std::vector<std::string>& labels,
                    std::span<const int> clusters, const Matrix& features,
                    const Anomalies& anomalies, const Recipe& recipe);

/// The classes of detections, for class_table.
struct Classified {
  std::vector<int> clusters;  // -1: none
  std::vector<int> classes;   // -1: none
  Matrix probabilities;       // rows × classes; ignored if the class is -1
  Anomalies anomalies;
};

/// The optional columns of class_table.
struct ClassColumns {
  bool features_missing = false, anomalies = true;
};

/// The columns of class_table, without rows: name, observation, cluster, ra, dec, main_type (the
/// class), probabilities, [features_missing,] features[, anomalies]. Name, observation and position
/// are included if `detections` has them.
Table class_table_header(const Table& detections, const Recipe& recipe, ClassColumns columns);

/// Appends rows of detections to a table of class_table_header with the same columns;
/// `features_missing` may be nullptr, and the anomalies empty, if it lacks these columns.
void append_classes(const Table& detections, const Classified& classified, const Matrix& features,
                    const Recipe& recipe, const std::vector<int>* features_missing, Table& table);

/// The `count` rows with the smallest tail_probability, ties by the lowest log_density, in this
/// order.
Table most_unusual(const Table& table, size_t count);

/// The table with an additional unnamed first column that numbers the rows from 0, as in the
/// published files.
Table with_row_numbers(const Table& table);

}  // namespace uhuru
