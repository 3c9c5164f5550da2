// How good the classes are: cross-validation of the whole chain.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "uhuru/evaluate/evaluation.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/pipeline/detections.hpp"
#include "uhuru/pipeline/train.hpp"

namespace uhuru {

/// What stays together when detections are dealt to folds: those of a source, none (as published),
/// or those of a HEALPix cell of the sky.
enum class SplitBy { source, detection, region };

struct ValidateOptions : LabelledInput {
  std::optional<Model> clusters;  // where scaling and mixture are taken from; else each fold's own
  SplitBy split = SplitBy::source;
  int region_order = 3;  // HEALPix cells of 7.3 degrees
  int folds = 5;
  int repeats = 1;
  uint32_t seed = 42;        // of the first repeat's folds; the next one's is one more
  double threshold = 0;      // detections and sources below this probability are left out
  size_t replicates = 1000;  // of the bootstrap over sources; 0: no intervals
  std::string out;           // a folder
  Overwrite overwrite = Overwrite::no;
};

/// How much of a class there is, and why it was left out.
struct ClassSample {
  std::string name;
  uint64_t detections = 0, sources = 0;
  std::string excluded;  // empty: it was not
};

struct ValidateSummary {
  SelectionCounts selection;
  LabelCounts labels;
  uint64_t detections = 0, sources = 0;  // that were dealt to folds
  uint64_t without_class = 0;            // of the predictions, those without a class
  std::vector<ClassSample> classes;      // of the recipe, those with a labelled detection
  std::vector<Evaluation> evaluations;   // detections, soft vote, hard vote; each classes, groups
  std::vector<std::string> notes, files;
};

/// Deals the labelled detections to folds (see stratified_folds), trains on all detections without
/// a fold's labelled ones — scaling, mixture and classes — and classifies those.
///
/// A class without two parts that can be dealt apart is left out, counted. Detections that the
/// method cannot classify have no class; they are counted and are in no score. Writes
/// validation.json, metrics.csv (all scores), predictions.csv (every detection with its fold and
/// probabilities) and figures into a folder, all or nothing. The same bytes at any number of
/// threads. Throws Error (input) where there are no two classes to tell apart, and as training
/// does; (usage) as stratified_folds does. Source: [PD24] sec. 4 splits by detection.
ValidateSummary validate(const ValidateOptions& options, const Recipe& recipe,
                         const Threads& threads, const Progress& progress = {});

}  // namespace uhuru
