// The output tables of a run, with the columns of the published method.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/method/mixture/placement.hpp"
#include "uhuru/method/predict.hpp"
#include "uhuru/recipe/labels.hpp"
#include "uhuru/recipe/recipe.hpp"
#include "uhuru/table/table.hpp"
#include "uhuru/tables/result_fields.hpp"

#pragma GCC visibility push(default)
namespace uhuru::tables {

/// The status of a clustered detection, or of a source: classified if any of its detections is,
/// otherwise learned, other label, or without class.
enum class Standing { learned, classified, without_class, other_label };

/// "learned", "classified", "without class", "other label".
std::string_view standing_name(Standing standing);

/// The standings of detections as far as their labels tell: without class if they are to be
/// classified.
std::vector<Standing> standings_by_label(const recipe::LabelledClasses& labels);

/// The standing of a source of which no detection has a class: learned if one of `rows` is,
/// otherwise other label, or without class. `standing_of(row)`: of a detection.
template <class StandingOf>
Standing standing_without_vote(std::span<const size_t> rows, const StandingOf& standing_of) {
  for (const Standing wanted : {Standing::learned, Standing::other_label})
    for (const size_t row : rows)
      if (standing_of(row) == wanted) return wanted;
  return Standing::without_class;
}

/// Adds the columns of name, observation, ra and dec to `table`, if `detections` has them, with
/// their names in the recipe, and returns these columns; they are valid as long as `detections`.
std::vector<const Column*> add_identity(const Table& detections, const recipe::Recipe& recipe,
                                        Table& table);

/// The columns that the recipe carries along and the detections have, but for those that the tables
/// have anyway.
std::vector<const Column*> carried_columns(const Table& detections, const recipe::Recipe& recipe);

/// name, observation, ra, dec, main_type (the label), cluster, features, anomalies; in the order of
/// the detections.
Table cluster_table(const Table& detections, const std::vector<std::string>& labels,
                    std::span<const std::optional<method::ClusterId>> clusters,
                    const Matrix& features, std::span<const method::Placement> places,
                    const recipe::Recipe& recipe);

/// The columns of class_table beyond the published ones.
struct ClassColumns {
  bool groups = false;  // group, and the probability of each
  bool features_missing = false, anomalies = false;
  const method::Combining* combining = nullptr;  // for the columns of set_field() and p_known
  /// For each class whether it was learned: the others have no probability. Empty: it is 0, as
  /// published.
  std::vector<bool> learned = {};
  bool published = true;  // the class and its probabilities have the published names, else ours
};
/// All that a model offers. `combining`: of the model, if it has one; must outlive the result.
ClassColumns all_columns(const method::Model& model, const method::Combining* combining);

/// A set of classes as text: "QSO|AGN".
std::string set_text(const std::vector<bool>& set, const recipe::Recipe& recipe);
/// The probabilities of the groups, in the order of recipe.group_names(); NaN for one of which no
/// class was learned. `learned`: see ClassColumns. `group_places`: of the recipe.
std::vector<double> group_probabilities(std::span<const double> of_classes,
                                        const std::vector<bool>& learned,
                                        const std::vector<size_t>& group_places);
/// The group with the largest probability, the first if tied.
size_t most_probable_group(std::span<const double> of_groups);

/// The columns of class_table, without rows: name, observation, cluster, ra, dec, class,
/// [class_group,] probabilities, [p_group_…, set_90, p_known, features_missing,] features[,
/// anomalies]. As published, the class is in main_type and its probability in a column with its
/// name; otherwise they are in class_name and p_…. Name, observation and position are included if
/// `detections` has them.
Table class_table_header(const Table& detections, const recipe::Recipe& recipe,
                         const ClassColumns& columns);

/// Appends rows of detections, with their classes, to a table of class_table_header with the same
/// columns. `places`: of each row, for the anomalies; may be empty if the table lacks them.
void append_classes(const Table& detections, const method::Posteriors& posteriors,
                    const Matrix& features, std::span<const method::Placement> places,
                    const recipe::Recipe& recipe, const ClassColumns& columns, Table& table);

/// Only the columns of anomaly_fields().
Table anomaly_table(std::span<const method::Placement> places);

/// The `count` rows with the smallest tail_probability, ties by the lowest log_density, in this
/// order.
Table most_unusual(const Table& table, size_t count);

/// The table with an additional unnamed first column that numbers the rows from 0, as in the
/// published files.
Table with_row_numbers(const Table& table);

}  // namespace uhuru::tables
#pragma GCC visibility pop
