// What `run` left in a folder, read again.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/catalog/schema.hpp"
#include "uhuru/model/model.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru {

/// A source that has a class.
struct ClassifiedSource {
  std::string name;
  uint64_t detections = 0;
  int class_index = 0;
  std::vector<double> probabilities;  // one a class
};

/// A run's folder. One entry a clustered detection where nothing else is said.
struct RunFolder {
  std::string path;
  std::string record;      // the text of run.json
  std::string validation;  // the text of validation.json, empty where there is none
  Model model;
  Table detections;  // clusters.csv
  Matrix features;   // unscaled; detections × features
  std::vector<int> clusters;
  std::vector<int> classes;  // its label's or the one that it was given; -1: none
  std::vector<Standing> standings;
  std::vector<double> log_density, tail_probability;  // empty where the run has none
  std::vector<ClassifiedSource> sources;
  std::vector<std::pair<std::string, std::string>> files;  // read: name and SHA-256
};

/// The whole tables of a run.
struct RunTables {
  Table clusters;                       // clusters.csv
  Table classified;                     // detection_level_classification.csv
  std::vector<size_t> classified_rows;  // of each of its rows, that of clusters.csv
};

/// Reads what `run` wrote into the folder `path`; `validation` names a validation.json of another
/// place, or is empty. sources.csv, validation.json and the columns of densities may be missing.
/// `tables`, where given, gets the tables that the result is made of.
///
/// Throws Error (input) where the folder is none of a run, a file cannot be read or does not belong
/// to the others, no detection was classified. Thread-safe.
RunFolder read_run_folder(const std::string& path, const std::string& validation,
                          const Threads& threads, RunTables* tables = nullptr);

}  // namespace uhuru
