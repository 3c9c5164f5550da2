// The whole method in order, and the record of a run.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "uhuru/base/progress.hpp"
#include "uhuru/base/stopwatch.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/jobs/checkpoint.hpp"
#include "uhuru/jobs/classify.hpp"
#include "uhuru/method/fit.hpp"
#include "uhuru/model/model.hpp"
#include "uhuru/recipe/detections.hpp"
#include "uhuru/recipe/labels.hpp"
#include "uhuru/recipe/measurements.hpp"

#pragma GCC visibility push(default)
namespace uhuru::jobs {

struct RunOptions : recipe::LabelledInput {
  std::optional<model::RecipeModel>
      clusters;     // model for scaling and mixture; otherwise they are fitted
  std::string out;  // a folder
  CheckpointOptions checkpoint = {};
  /// Of the tables: CSV without a format. The inputs are added to the provenance.
  io::WriteOptions write;
  method::Prior prior;             // of the method bayes
  double coverage = 0.9;           // of its sets of classes
  size_t anomalies = 0;            // how many to list
  bool unique_detections = false;  // each measurement once, see MeasurementIndex::chosen
  // For the record: tables that were fetched, and their origin.
  std::vector<std::pair<std::string, std::string>> fetched;
  std::string simulated_from = {};  // the model, if the detections are simulated
};

/// What a run did: the content of run.json.
struct RunSummary {
  recipe::SelectionCounts selection;
  recipe::LabelMatches matches;
  recipe::SharedMeasurements shared;  // of the kept detections, before other names are left out
  ClassificationCounts classification;
  uint64_t with_missing = 0;  // classified with at least one missing feature
  size_t sources_unique = 0, sources_ambiguous = 0, sources_without_class = 0;
  int components = 0, iterations = 0;
  bool converged = false;
  double mean_log_likelihood = 0;
  StageSeconds seconds;
  std::vector<std::string> notes;
  std::vector<std::string> files;  // written to the folder
  Table anomalies;                 // the most unusual rows of clusters.csv
};

/// What must be known of a fit: that it did not converge, classes that were not learned.
std::vector<std::string> fit_notes(const method::Fit& fit, const recipe::Recipe& recipe);

/// What a run learns, and its summary as far as that goes.
struct Training {
  model::RecipeModel model;
  RunSummary summary;
};

/// Only learns: the model that run() writes. `out` and `checkpoint` are not used. Throws Error as
/// run().
Training train(const RunOptions& options, const recipe::Recipe& recipe, const Threads& threads,
               const Progress& progress = {});

/// Runs the whole method, with recipe.method for the classes, and writes its tables, model.json and
/// run.json to a folder, all or none. The tables and the model are the same for any number of
/// threads and ranks: each of these has all detections, they share the fit and the probabilities,
/// and the first one writes; it has the summary. Collective. Throws Error.
RunSummary run(const RunOptions& options, const recipe::Recipe& recipe, const Threads& threads,
               const Progress& progress = {});

}  // namespace uhuru::jobs
#pragma GCC visibility pop
