// The numbers behind the figures of a report, as JSON for its page.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "uhuru/report/report_json.hpp"
#include "uhuru/tables/run_folder.hpp"

namespace uhuru::report {

// Numbers are rounded to five digits, positions to six; missing ones are null. A class, group or
// feature is given by its index in the recipe, -1: none. All functions are thread-safe.

/// Features, classes, groups, citations, and the pairs of features of a kind to plot against each
/// other.
ReportJson recipe_figures(const recipe::Recipe& recipe);

/// For each cluster: size, standings, classes, medians of the features and their offset from the
/// overall medians (in robust standard deviations of the scaled features), and the number of
/// detections in equal-area bins of Galactic latitude; and the same for all detections.
ReportJson cluster_figures(const tables::RunFolder& run);

/// For each feature one histogram per group and, last, one of the detections without a group. The
/// axis is logarithmic if the recipe scales by a logarithm; it ends at the feature's range, or
/// where that is infinite, excludes half a percent. Values beyond it and missing values are
/// counted.
ReportJson histogram_figures(const tables::RunFolder& run);

/// Up to `most` detections drawn without replacement with the seed: names, Galactic positions,
/// clusters, classes, features; in the order of the table.
ReportJson sample_figures(const tables::RunFolder& run, size_t most, uint32_t seed);

/// How many sources have each class, and for each group that has sources: their number, the `most`
/// with the largest probability of their class, and the `least` of the others with the smallest,
/// smallest first. Those whose probability is unknown are left out. A source has its class,
/// probabilities, number of detections (null if unknown), and the first link of the recipe that can
/// be filled in, or null.
ReportJson source_figures(const tables::RunFolder& run, size_t most, size_t least);

/// The `most` detections with the smallest tail probability, each with the three features farthest
/// from its cluster's mean in its standard deviations; null if the run has none.
ReportJson anomaly_figures(const tables::RunFolder& run, size_t most);

}  // namespace uhuru::report
