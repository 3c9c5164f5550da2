// The columns of our tables: names, units, UCDs (UCD1+), descriptions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "uhuru/recipe/recipe.hpp"
#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::tables {

/// The column of name, observation, right ascension or declination, which the recipe calls `name`:
/// as in the input, with the unit, UCD and description that it lacks there. Positions are in
/// degrees.
Field identity_field(Field input, const std::string& name, const recipe::Recipe& recipe);

Field class_field(const std::string& name, const std::string& description);
Field group_field(const std::string& description);
Field label_field(const std::string& name);
Field cluster_field();
Field standing_field();
Field detection_count_field();
Field features_missing_field();

/// The probabilities of the recipe's classes and groups under our names.
std::vector<Field> class_fields(const recipe::Recipe& recipe);
std::vector<Field> group_fields(const recipe::Recipe& recipe);
/// The probability of a class, in a column of this name.
Field class_probability_field(const std::string& column, const std::string& class_name);
/// Mean and standard deviation of the probabilities of the classes over the detections of a source,
/// under our names: the means of all classes, then the deviations.
std::vector<Field> mean_fields(const recipe::Recipe& recipe);
std::vector<Field> deviation_fields(const recipe::Recipe& recipe);

/// The column of sets of classes ("QSO|AGN"): set_90 for a coverage of 0.9.
Field set_field(double coverage);
Field p_known_field();
/// log_density (natural logarithm, of the non-missing scaled features), density_percentile
/// (percentage of training detections with a smaller density), tail_probability (see
/// MixturePlacer).
std::vector<Field> anomaly_fields();

/// What a table that version 0.1 wrote calls differently from today, as a note for the user: empty
/// if it has no column group_NAME of one of the recipe's groups. Thread-safe.
std::string note_of_old_names(const Table& table, const recipe::Recipe& recipe);
/// The column that is called `name` today; under its name of version 0.1 if the table lacks it;
/// nullptr if it has neither.
const Column* find_ours(const Table& table, const std::string& name, const std::string& old_name);

}  // namespace uhuru::tables
#pragma GCC visibility pop
