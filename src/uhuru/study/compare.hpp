// Comparison of our classes with those of another catalog.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "uhuru/recipe/labels.hpp"
#include "uhuru/study/class_map.hpp"
#include "uhuru/study/evaluation.hpp"
#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::study {

struct CompareOptions {
  recipe::LabelJoin join = recipe::LabelJoin::name;
  double radius_arcsec = 1.0;  // of a join by position
  std::string class_column;    // of ours; empty: see compare()
};

/// What happened to each of our rows. The sum of all counts except `ours` and `theirs` is `ours`.
struct CompareCounts {
  size_t ours = 0, theirs = 0;             // rows
  size_t without_class = 0;                // ours
  size_t unmatched = 0;                    // of the others
  size_t theirs_without_class = 0;         // the counterpart's class is missing
  std::map<std::string, size_t> excluded;  // it is not in the map
  size_t compared = 0;
};

struct Comparison {
  std::string class_column;  // the column of ours that was used
  CompareCounts counts;
  std::vector<std::string> notes;  // counterparts that were a choice, or why there are none
  /// How often each of their classes, in the map or not, occurs with each of the recipe's classes.
  std::map<std::string, std::vector<size_t>> cross;
  /// Theirs as the truth, ours as predicted: for classes if the map's level is classes, and for
  /// groups.
  std::vector<Evaluation> evaluations;
  /// Our rows with a counterpart: name, ours, theirs, mapped (missing if excluded).
  Table joined;
};

/// Compares a classified table of ours with another catalog.
///
/// Our table has the recipe's name and position columns, or `name`, `ra` and `dec`, as required by
/// the join, and a class column: that of the options, otherwise the first of class_name, class,
/// master_class, soft_master_class and main_type. Its rows are sources, or detections if names
/// repeat; intervals are over distinct names. By name the counterpart is the first row of theirs
/// with the name, by position the nearest within the radius. Missing names, positions and classes
/// match nothing and are counted. The result is the same for any number of threads. Throws Error
/// (input) for a missing column, a class of ours that is not in the recipe, and if no row can be
/// compared; (usage) for an invalid radius.
Comparison compare(const Table& ours, const Table& theirs, const ClassMap& map,
                   const recipe::Recipe& recipe, const CompareOptions& options,
                   const Threads& threads);

/// The columns of Comparison::joined, without rows: name, ours, theirs, mapped.
Table comparison_table();

/// class_column, counts, cross table and evaluations.
nlohmann::ordered_json comparison_json(const Comparison& comparison, const recipe::Recipe& recipe);

}  // namespace uhuru::study
#pragma GCC visibility pop
