// How right the predictions for sources are: their sets of classes, and their probabilities for few
// and for many detections.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "uhuru/study/evaluation.hpp"
#include "uhuru/study/predictions.hpp"

#pragma GCC visibility push(default)
namespace uhuru::study {

/// What was predicted for a source besides the probabilities of its classes.
struct SourcePrediction {
  size_t first = 0;         // the place of its first detection with a class among the detections
  size_t detections = 0;    // with a class
  std::vector<size_t> set;  // places among the labels; see method::SourceClasses
  double p_known = 0;       // the same
};

/// How often the true class of the sources of a group is in their set. Sources are counted once,
/// rates are means over the repeats, intervals are Wilson's of 95 %.
struct SetScores {
  std::string group;  // empty: of all sources
  size_t sources = 0;
  Interval coverage;
  double mean_size = 0;
};

/// What was said of a group, and what was true, for sources with a number of detections.
struct CountReliability {
  std::string group;
  size_t least = 1, most = 1;  // detections; most = 0: no limit
  size_t sources = 0;
  double said = 0;  // mean probability
  Interval truth;   // part of the sources that belong to it
};

struct SourceStudy {
  std::vector<SetScores> sets;  // none if there are no sets
  std::vector<CountReliability> by_detections;
};

/// The predictions of the sources of one repeat: `soft` with the probabilities of the labels, and
/// the rest of each row.
struct RepeatSources {
  const Predictions& soft;
  std::span<const SourcePrediction> sources;
};

/// Studies the sources of one or more repeats with the same labels. `groups`: of each label.
/// Thread-safe. Source of the interval: Wilson 1927.
SourceStudy study_sources(const std::vector<RepeatSources>& repeats,
                          const std::vector<std::string>& groups);

}  // namespace uhuru::study
#pragma GCC visibility pop
