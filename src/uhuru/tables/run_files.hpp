// The files of a run's folder.
#pragma once

#include <string>
#include <vector>

#pragma GCC visibility push(default)
namespace uhuru::tables::run_file {

inline constexpr const char* detections = "detection_level_classification.csv";
inline constexpr const char* unique = "uniquely_classified.csv";
inline constexpr const char* ambiguous = "ambiguous_classification.csv";
inline constexpr const char* sources = "sources.csv";
inline constexpr const char* clusters = "clusters.csv";
inline constexpr const char* model = "model.json";
inline constexpr const char* catalog = "catalog.sqlite";
inline constexpr const char* record = "run.json";

/// All of them; the record, which has the digests of the others, is the last.
inline std::vector<std::string> all() {
  return {detections, unique, ambiguous, sources, clusters, model, catalog, record};
}

}  // namespace uhuru::tables::run_file
#pragma GCC visibility pop
