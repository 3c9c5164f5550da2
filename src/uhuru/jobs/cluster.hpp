// From a table of detections to their mixture, for any number of rows.
#pragma once

#include <string>
#include <vector>

#include "uhuru/base/stopwatch.hpp"
#include "uhuru/jobs/checkpoint.hpp"
#include "uhuru/method/mixture/gaussian_mixture.hpp"
#include "uhuru/method/scaling.hpp"
#include "uhuru/model/model.hpp"
#include "uhuru/recipe/detections.hpp"

#pragma GCC visibility push(default)
namespace uhuru::jobs {

/// The scaled features of the complete detections of a table, in memory or, if there are too many,
/// in a file (see RowBlocks).
struct ScaledFeatures {
  method::RowBlocks rows;
  method::Scaling scaling;
  std::vector<double> medians;  // unscaled
  recipe::SelectionCounts counts;
  std::vector<std::string> notes;

  /// Throws Error as DetectionReader and fit_scaling do.
  ScaledFeatures(io::TableReader& reader, const recipe::Recipe& recipe, const Threads& threads,
                 const Progress& progress = {});
};

struct ClusterOptions {
  std::string detections;  // name of a table, "-" for standard input
  std::string out;         // name of a table
  io::WriteOptions write;
  std::string model_out;  // a file for the mixture; empty: none
  CheckpointOptions checkpoint = {};
};

struct ClusterSummary {
  recipe::SelectionCounts counts;
  std::vector<std::string> notes;
  std::vector<uint64_t> sizes;  // of each cluster
  int iterations = 0;
  bool converged = false;
  double mean_log_likelihood = 0;
  StageSeconds seconds;
};

/// Fits the mixture and writes the table of clusters. The table is read twice, so that memory holds
/// one batch of it, eight bytes per row for the fit, and the features as far as RowBlocks keeps
/// them in memory. Each rank has a part of the rows; the first one writes. The output is the same
/// for any number of threads and ranks, also if the fit goes on from a checkpoint, which is removed
/// at the end. Collective. Throws Error.
ClusterSummary cluster_file(const ClusterOptions& options, const recipe::Recipe& recipe,
                            const Threads& threads, const Progress& progress = {});

}  // namespace uhuru::jobs
#pragma GCC visibility pop
