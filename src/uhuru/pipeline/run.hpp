// The whole method in order, and the record of a run.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "uhuru/base/stopwatch.hpp"
#include "uhuru/classify/vote.hpp"
#include "uhuru/model/model.hpp"
#include "uhuru/pipeline/detections.hpp"
#include "uhuru/pipeline/tables.hpp"

namespace uhuru {

/// The mixture of some detections.
struct Clustering {
  Scaling scaling;
  Matrix scaled;
  MixtureFit fit;
};
Clustering cluster_detections(const Detections& detections, const Recipe& recipe,
                              const Threads& threads, const Progress& progress = {});

/// What became of the detections in the classification.
struct ClassificationCounts {
  LabelCounts labels;
  uint64_t classified = 0;
  uint64_t without_class = 0;  // in a cluster in which no class has enough members
};

/// Learns the class scores from the labelled detections and classifies the others.
struct Classification {
  ClassScores scores;
  Table table;  // detection level, in order of name and observation
  ClassificationCounts counts;
  double probability_seconds = 0;  // of learning the classes and of the probabilities
};
/// `scaled` and `features`: rows × features; `clusters` and `labels`: one a row. Throws Error
/// (input) where no class has enough members in any cluster.
Classification classify_detections(const Table& detections, const Matrix& features,
                                   const Matrix& scaled, const std::vector<int>& clusters,
                                   size_t cluster_count, const std::vector<std::string>& labels,
                                   const Recipe& recipe, const Threads& threads);

struct RunOptions {
  std::string detections, labels;  // names of tables; "-" is standard input
  LabelJoin join = LabelJoin::position;
  double radius_arcsec = 1.0;
  std::string out;  // a folder
  Overwrite overwrite = Overwrite::no;
};

/// What a run did: the content of run.json.
struct RunSummary {
  SelectionCounts selection;
  ClassificationCounts classification;
  size_t sources_unique = 0, sources_ambiguous = 0, sources_without_class = 0;
  int components = 0, iterations = 0;
  bool converged = false;
  double mean_log_likelihood = 0;
  StageSeconds seconds;
  std::vector<std::string> notes;
  std::vector<std::string> files;  // written into the folder
};

/// Runs the whole method and writes its tables, model.json and run.json into a folder, all or
/// nothing. The tables and the model have the same bytes at any number of threads. Throws Error.
RunSummary run(const RunOptions& options, const Recipe& recipe, const Threads& threads,
               const Progress& progress = {});

}  // namespace uhuru
