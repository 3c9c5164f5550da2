// The tables that a run writes, with the columns that users of the published method know.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/features/recipe.hpp"
#include "uhuru/mixture/placement.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru {

/// How unusual detections are under a mixture, for the tables: log_density (natural logarithm, of
/// the scaled features that are there), density_percentile (of the training's detections with a
/// smaller one; missing where a feature is, since their densities are of other dimensions),
/// tail_probability (see MixturePlacer).
struct Anomalies {
  std::vector<Placement> placements;  // one a row
  std::vector<double> percentiles;
};
/// Of the rows of scaled features (NaN where missing). `quantiles`: as in Model, perhaps none.
/// The same at any number of threads.
Anomalies find_anomalies(const MixturePlacer& placer, std::span<const double> quantiles,
                         const Matrix& scaled, const Threads& threads);

/// Adds the columns of name, observation, ra and dec to `table`, as far as `detections` has them,
/// and returns these; they are valid as long as `detections`.
std::vector<const Column*> add_identity(const Table& detections, const Recipe& recipe,
                                        Table& table);

/// name, observation, ra, dec, main_type (the label), cluster, features, anomalies; in the order of
/// the detections.
Table cluster_table(const Table& detections, const std::vector<std::string>& labels,
                    std::span<const int> clusters, const Matrix& features,
                    const Anomalies& anomalies, const Recipe& recipe);

/// The classes of some detections, for class_table.
struct Classified {
  std::vector<int> clusters;  // -1: none
  std::vector<int> classes;   // -1: none
  Matrix probabilities;       // rows × classes; not used where the class is -1
  Anomalies anomalies;
};

/// The columns of class_table that not every command has.
struct ClassColumns {
  bool features_missing = false, anomalies = true;
};

/// The columns of class_table, without rows: name, observation, cluster, ra, dec, main_type (the
/// class), probabilities, [features_missing,] features[, anomalies]. Of name, observation and
/// position those that `detections` has.
Table class_table_header(const Table& detections, const Recipe& recipe, ClassColumns columns);

/// Adds rows of detections to a table of class_table_header with the same columns;
/// `features_missing` may be nullptr, and the anomalies empty, where it has none.
void append_classes(const Table& detections, const Classified& classified, const Matrix& features,
                    const Recipe& recipe, const std::vector<int>* features_missing, Table& table);

/// The `count` rows of the smallest tail_probability and, among equals, the lowest log_density, in
/// this order.
Table most_unusual(const Table& table, size_t count);

/// The table with a first column without a name that numbers the rows from 0, as the published
/// files have it.
Table with_row_numbers(const Table& table);

}  // namespace uhuru
