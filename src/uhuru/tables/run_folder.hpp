// Reads the folder of a `run`.
#pragma once

#include <memory>
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
#include "uhuru/tables/results_path.hpp"
#include "uhuru/tables/tables.hpp"

#pragma GCC visibility push(default)
namespace uhuru::tables {

/// A source that has a class.
struct ClassifiedSource {
  std::string name;
  uint64_t detections = 0;
  method::ClassId class_id{};
  std::vector<double> probabilities;  // one per class; NaN if it was not learned, or is unknown
};

/// A run's folder, or what else was read in its form (see read_results). Lists have one entry per
/// clustered detection unless stated otherwise.
struct RunFolder {
  std::string path;
  ResultsKind kind = ResultsKind::run;
  bool rows_are_sources = false;  // the detections are not known: each row stands for a source
  std::string record;             // the text of run.json, or one that has only counts and files
  std::string validation;         // the text of validation.json, empty if there is none
  model::RecipeModel model;       // without model: only recipe and scaling
  Table detections;               // name, observation, position, carried columns
  Matrix features;                // unscaled; detections × features
  std::vector<std::optional<method::ClusterId>> clusters;
  size_t cluster_count = 0;
  std::vector<std::optional<method::ClassId>> classes;  // that of its label, or assigned
  std::vector<Standing> standings;
  std::vector<double> log_density, tail_probability;  // empty if the run has none
  std::vector<ClassifiedSource> sources;
  std::vector<std::pair<std::string, std::string>> files;  // files read: name and SHA-256
  std::vector<std::string> notes;  // how a table that is not a run's was understood
};

/// The complete tables of a run, and the vote.
struct RunTables {
  Table clusters;                       // clusters.csv
  recipe::LabelledClasses labels;       // of its rows
  method::SourceRows sources;           // of its rows
  Table classified;                     // detection_level_classification.csv
  std::vector<size_t> classified_rows;  // for each of its rows, the row of clusters.csv
  method::SourceVerdicts verdicts;      // rows: of `classified`
  std::shared_ptr<const method::Combining> combining;  // of the model; may be nullptr
  ClassColumns columns;  // what the model offers; its `combining` is that above, or nullptr
  /// Roles of catalog columns of which nothing is known: "cluster", "agreement".
  std::vector<std::string> absent;
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
