// Reads the folder of a `run`.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/method/sources.hpp"
#include "uhuru/model/model.hpp"
#include "uhuru/recipe/labels.hpp"
#include "uhuru/table/table.hpp"
#include "uhuru/tables/tables.hpp"

#pragma GCC visibility push(default)
namespace uhuru::tables {

/// A source that has a class.
struct ClassifiedSource {
  std::string name;
  uint64_t detections = 0;
  method::ClassId class_id{};
  std::vector<double> probabilities;  // one per class; NaN if it was not learned
};

/// A run's folder. Lists have one entry per clustered detection unless stated otherwise.
struct RunFolder {
  std::string path;
  std::string record;      // the text of run.json
  std::string validation;  // the text of validation.json, empty if there is none
  model::RecipeModel model;
  Table detections;  // clusters.csv
  Matrix features;   // unscaled; detections × features
  std::vector<method::ClusterId> clusters;
  std::vector<std::optional<method::ClassId>> classes;  // that of its label, or assigned
  std::vector<Standing> standings;
  std::vector<double> log_density, tail_probability;  // empty if the run has none
  std::vector<ClassifiedSource> sources;
  std::vector<std::pair<std::string, std::string>> files;  // files read: name and SHA-256
};

/// The complete tables of a run.
struct RunTables {
  Table clusters;                       // clusters.csv
  recipe::LabelledClasses labels;       // of its rows
  method::SourceRows sources;           // of its rows
  Table classified;                     // detection_level_classification.csv
  std::vector<size_t> classified_rows;  // for each of its rows, the row of clusters.csv
};

/// Reads what `run` wrote to the folder `path`; `validation` is the path of a validation.json in
/// another folder, or empty. sources.csv, validation.json and the columns of densities may be
/// absent. `tables`, if given, receives the tables from which the result is built.
///
/// Throws Error (input) if it is not a run folder, a file cannot be read, is not the one whose
/// SHA-256 is in run.json, or does not match the others, or no detection was classified.
/// Thread-safe.
RunFolder read_run_folder(const std::string& path, const std::string& validation,
                          const Threads& threads, RunTables* tables = nullptr);

/// Checks what is served from the folder of a catalog. `run`: the run's record in the catalog, see
/// catalog_meta. Throws Error (input) if the folder's run.json is of another run, or its model.json
/// is not the one whose SHA-256 is in run.json. Without run.json, nothing is checked. Thread-safe.
void check_catalog_folder(const std::string& folder, const std::string& run);

}  // namespace uhuru::tables
#pragma GCC visibility pop
