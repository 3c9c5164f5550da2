// The numbers behind the figures of a report, as JSON for its page.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "uhuru/pipeline/report_json.hpp"
#include "uhuru/pipeline/run_folder.hpp"

namespace uhuru {

// Numbers are rounded to five digits, positions to six; missing ones are null. A class, group or
// feature is its place in the recipe, -1: none. All functions are thread-safe.

/// Each group once, in the recipe's order.
std::vector<std::string> group_names(const Recipe& recipe);

/// Features, classes, groups, and the pairs of features of a kind that are worth a plane.
ReportJson recipe_figures(const Recipe& recipe);

/// Of each cluster: size, standings, classes, medians of the features and how far they lie from
/// those of the whole (in robust standard deviations of the scaled features), and how many
/// detections lie in bins of equal area in Galactic latitude; the same of the whole.
ReportJson cluster_figures(const RunFolder& run);

/// Of each feature a histogram a group and, last, one of the detections without a group. The axis
/// is logarithmic where the recipe scales by a logarithm; it ends at the feature's range, or leaves
/// out half a percent at each end. What lies beyond it, and what is missing, is counted.
ReportJson histogram_figures(const RunFolder& run);

/// Up to `most` detections drawn without replacement with the seed: names, Galactic positions,
/// clusters, classes, features; in the order of the table.
ReportJson sample_figures(const RunFolder& run, size_t most, uint32_t seed);

/// The `most` sources of the largest and of the smallest probability of their class, and counts.
ReportJson source_figures(const RunFolder& run, size_t most);

/// The `most` detections of the smallest tail probability, each with the three features that lie
/// farthest from its cluster's mean in its standard deviations; null where the run has none.
ReportJson anomaly_figures(const RunFolder& run, size_t most);

}  // namespace uhuru
