// From the probabilities of detections to those of their source, and to its set of classes.
#pragma once

#include <span>
#include <vector>

#include "uhuru/method/classify/conformal.hpp"
#include "uhuru/method/classify/evidence.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// What a model with posteriors knows of sources.
struct Combining {
  Evidence evidence;
  std::vector<size_t> group_of;       // of the L learned classes
  std::vector<HeldOutScores> ratios;  // by group; see classes_in_set
  /// L: the factors by which the user's prior changed the prior of `ratios`.
  Vector shift;
  double coverage = 0.9;  // of the sets

  /// The classes that cannot be excluded, of all classes of `probabilities`.
  std::vector<bool> set(std::span<const double> probabilities) const;
};

/// See Packer.
template <class Archive>
void transfer(Archive& archive, Combining& combining) {
  archive(combining.evidence, combining.group_of, combining.ratios, combining.shift,
          combining.coverage);
}

}  // namespace uhuru::method
#pragma GCC visibility pop
