// The prior of the classes: which question their probabilities answer.
#pragma once

#include <vector>

#pragma GCC visibility push(default)
namespace uhuru::method {

/// How what is classified was drawn.
enum class Drawn {
  sources,     // a source, of which this is a detection: in learning, each source counts once
  detections,  // a detection: each detection counts once, as in the published method
};

struct Prior {
  Drawn drawn = Drawn::sources;
  /// The user's own, of all classes of the settings, together at most 1; NaN for a class that gets
  /// its share of what is left. Those of classes not learned are ignored. Empty: as often as the
  /// classes occur in the training.
  std::vector<double> own = {};
};

}  // namespace uhuru::method
#pragma GCC visibility pop
