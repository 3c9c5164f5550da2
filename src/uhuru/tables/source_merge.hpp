// The published tables of sources, and ours, as one table.
#pragma once

#include "uhuru/table/table.hpp"

namespace uhuru::tables {

/// Joins uniquely_classified.csv, ambiguous_classification.csv and sources.csv; each may be
/// nullptr, but not all. The result has a row for each source, with the columns of all three:
/// `class_name` and `hard_class` for the master classes, and, for probabilities that sources.csv
/// has as numbers, those of the published tables as p_NAME_mean and p_NAME_std. Throws Error
/// (input) if a source is in both of the first two. Thread-safe.
Table merge_sources(const Table* unique, const Table* ambiguous, const Table* sources);

}  // namespace uhuru::tables
