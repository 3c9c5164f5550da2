// Our classes beside those of another catalog.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "uhuru/evaluate/class_map.hpp"
#include "uhuru/evaluate/evaluation.hpp"
#include "uhuru/pipeline/detections.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru {

struct CompareOptions {
  LabelJoin join = LabelJoin::name;
  double radius_arcsec = 1.0;  // of a join by position
  std::string class_column;    // of ours; empty: see compare()
};

/// Where each of our rows went. The sum of all but `ours` and `theirs` is `ours`.
struct CompareCounts {
  size_t ours = 0, theirs = 0;             // rows
  size_t without_class = 0;                // ours
  size_t unmatched = 0;                    // of the others
  size_t theirs_without_class = 0;         // the counterpart's class is missing
  std::map<std::string, size_t> excluded;  // it is not in the map
  size_t compared = 0;
};

struct Comparison {
  std::string class_column;  // the one of ours that was taken
  CompareCounts counts;
  /// How often each of their classes, in the map or not, goes with each of the recipe's classes.
  std::map<std::string, std::vector<size_t>> cross;
  /// Theirs as the truth, ours as predicted: of classes where the map's level is classes, and of
  /// groups.
  std::vector<Evaluation> evaluations;
  /// Our rows with a counterpart: name, ours, theirs, mapped (missing where excluded).
  Table joined;
};

/// Compares a classified table of ours with another catalog.
///
/// Ours has the recipe's name and position columns, or `name`, `ra` and `dec`, as far as the join
/// needs them, and a class column: that of the options, else the first that it has of class,
/// master_class, soft_master_class and main_type. Its rows are sources, or detections where a name
/// occurs twice; intervals are over different names. By name the counterpart is the first row of
/// theirs with the name, by position the nearest within the radius. Missing names, positions and
/// classes match nothing and are counted. The same at any number of threads. Throws Error (input)
/// for a column that is not there, a class of ours that the recipe lacks, and where no row can be
/// compared; (usage) for a radius that is none.
Comparison compare(const Table& ours, const Table& theirs, const ClassMap& map,
                   const Recipe& recipe, const CompareOptions& options, const Threads& threads);

/// class_column, counts, cross table and evaluations.
nlohmann::ordered_json comparison_json(const Comparison& comparison, const Recipe& recipe);

}  // namespace uhuru
