// From a table with classes to the form of a run's folder.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/model/model.hpp"
#include "uhuru/tables/results_path.hpp"
#include "uhuru/tables/run_folder.hpp"
#include "uhuru/tables/table_recipe.hpp"

namespace uhuru::tables {

/// A table with classes, and how to understand it.
struct TableResults {
  ResultsPath path;
  Table rows;
  TableRecipe of_table;
  bool are_sources = false;                 // the rows; otherwise detections
  std::optional<model::RecipeModel> model;  // that computed the probabilities, if known
  std::vector<std::pair<std::string, std::string>> files;  // read: name and SHA-256
  std::vector<std::string> notes;
};

/// See read_results. Throws Error (input) with row and column.
RunFolder table_results(TableResults table, const std::string& validation, const Threads& threads,
                        RunTables* tables);

}  // namespace uhuru::tables
