// Cross-validation of the whole chain.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "uhuru/io/output_file.hpp"
#include "uhuru/method/classify/prior.hpp"
#include "uhuru/model/model.hpp"
#include "uhuru/recipe/detections.hpp"
#include "uhuru/recipe/labels.hpp"
#include "uhuru/study/evaluation.hpp"
#include "uhuru/study/source_study.hpp"

#pragma GCC visibility push(default)
namespace uhuru::study {

/// What is kept together when detections are assigned to folds: those of a source, none (as
/// published), or those of a HEALPix cell of the sky.
enum class SplitBy { source, detection, region };

struct ValidateOptions : recipe::LabelledInput {
  std::optional<model::RecipeModel>
      clusters;  // model for scaling and mixture; otherwise fitted in each fold
  SplitBy split = SplitBy::source;
  int region_order = 3;  // HEALPix cells of 7.3 degrees
  int folds = 5;
  int repeats = 1;
  uint32_t seed = 42;        // of the first repeat's folds; incremented for each further one
  method::Prior prior;       // of the method bayes
  double coverage = 0.9;     // of the sets
  double threshold = 0;      // detections and sources below this probability are left out
  size_t replicates = 1000;  // of the bootstrap over sources; 0: no intervals
  std::string out;           // a folder
  /// Of the tables: CSV without a format. The inputs are added to the provenance.
  io::WriteOptions write;

  /// How detections count in their scores: each source once, or each detection once, as the prior
  /// of the method bayes; with another method, the latter.
  method::Drawn weighing(const recipe::Recipe& recipe) const {
    return recipe.method == method::Method::bayes ? prior.drawn : method::Drawn::detections;
  }
};

/// The size of a class, and why it was excluded.
struct ClassSample {
  std::string name;
  uint64_t detections = 0, sources = 0;
  std::string excluded;  // empty if it was not
};

struct ValidateSummary {
  recipe::SelectionCounts selection;
  recipe::LabelCounts labels;
  uint64_t detections = 0, sources = 0;  // that were assigned to folds
  uint64_t without_class = 0;            // of the predictions, those without a class
  std::vector<ClassSample> classes;      // of the recipe, those with a labelled detection
  std::vector<Evaluation> evaluations;   // detections, soft vote, hard vote; each classes, groups
  SourceStudy of_sources;                // of the soft vote
  std::vector<std::string> notes, files;
};

/// Assigns the labelled detections to folds (see stratified_folds), trains scaling, mixture and
/// classes on all detections except a fold's labelled ones, and classifies those.
///
/// A class without two parts that can be separated is excluded, and counted. Detections that the
/// method cannot classify have no class; they are counted but enter no score. Writes
/// validation.json, the tables metrics (all scores), predictions (every detection with its fold and
/// probabilities), source_predictions, and figures to a folder, all or none. The output is the same
/// for any number of threads and ranks: each of these has all detections, they share the folds, and
/// the first one writes; it has the summary. Collective. Throws Error (input) if there are fewer
/// than two classes, and as training does; (usage) as stratified_folds does. Source: [PD24] sec. 4
/// splits by detection.
ValidateSummary validate(const ValidateOptions& options, const recipe::Recipe& recipe,
                         const Threads& threads, const Progress& progress = {});

}  // namespace uhuru::study
#pragma GCC visibility pop
