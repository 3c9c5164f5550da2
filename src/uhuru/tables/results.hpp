// Runs, and other tables with classes, in one form: that of a run's folder.
#pragma once

#include <string>

#include "uhuru/base/threads.hpp"
#include "uhuru/tables/results_path.hpp"
#include "uhuru/tables/run_folder.hpp"

#pragma GCC visibility push(default)
namespace uhuru::tables {

/// How tables are understood that are not a run's. All may be empty.
struct TableOptions {
  std::string recipe;        // a recipe with the table's classes and columns
  std::string model;         // that computed the classes; else model.json in the folder
  std::string class_column;  // where the class stands, see find_classes

  bool any() const { return !recipe.empty() || !model.empty() || !class_column.empty(); }
};

/// Reads results, but for a catalog.
///
/// The folder of a run: see read_run_folder. Of other folders, the table of detections, on which
/// the vote is taken, or else those of sources. A single table has sources in its rows if it counts
/// their detections, or no name repeats and there are no observations; otherwise detections. Its
/// classes, names, positions and features are found as recipe_of_table does; what it lacks is
/// missing, and `notes` say what was assumed. Probabilities of sources are the means over their
/// detections, unless a model of the method bayes is given: then they are combined as by predict.
///
/// `validation`: see read_run_folder. `tables`, if given, receives the tables from which the result
/// is built. Throws Error (input) as read_run_folder, recipe_of_table and merge_sources, with file,
/// row and column for a class that a given recipe does not have and for values that are no numbers;
/// Error (usage) for a catalog, and for table options with a run. Thread-safe.
RunFolder read_results(const ResultsPath& path, const std::string& validation,
                       const TableOptions& options, const Threads& threads,
                       RunTables* tables = nullptr);

}  // namespace uhuru::tables
#pragma GCC visibility pop
