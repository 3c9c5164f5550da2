// Learns classes in the clusters of an earlier run.
#pragma once

#include <string>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/recipe/detections.hpp"
#include "uhuru/recipe/labels.hpp"

#pragma GCC visibility push(default)
namespace uhuru::jobs {

/// What happened to the detections in the classification.
struct ClassificationCounts {
  recipe::LabelCounts labels;
  uint64_t classified = 0;
  uint64_t without_class = 0;  // in a cluster in which no class has enough members
};

/// The classes of detections.
struct Classification {
  Table table;  // detection level, in order of name and observation
  ClassificationCounts counts;
  std::vector<std::string> notes;
};

/// Learns the published class scores from the labelled detections and classifies the others, in
/// their clusters. `labels`: one per row. Throws Error (input) if no class has enough members in
/// any cluster.
Classification classify_clustered(const recipe::ClusteredDetections& clustered,
                                  const std::vector<std::string>& labels,
                                  const recipe::Recipe& recipe, const Threads& threads);

}  // namespace uhuru::jobs
#pragma GCC visibility pop
