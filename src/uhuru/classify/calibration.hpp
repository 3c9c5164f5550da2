// Class probabilities that mean what they say, learned on sources that a classifier has not seen.
#pragma once

#include <span>
#include <vector>

#include "uhuru/base/matrix.hpp"

namespace uhuru {

/// Turns two opinions on a row's class into one: they are mixed, and the result is sharpened or
/// flattened and moved, first between the groups of classes, then between the classes of a group.
struct Calibration {
  double first_part = 0.5;                    // of the first opinion in the mixture
  double group_sharpness = 1;                 // the exponent of the groups' probabilities
  Vector group_offset;                        // added to their logarithms
  double class_sharpness = 1;                 // the same within the groups
  Vector class_offset;                        // C
  std::vector<size_t> group_of;               // of each class, its group
  Vector prior;                               // of the classes; 0 for one that was not learned
  static constexpr double prior_part = 0.01;  // of the prior in the result: nothing is impossible

  /// Writes the probabilities of C classes; sum 1. Thread-safe.
  void apply(const double* first, const double* second, double* result) const;
};

/// Learns a calibration from opinions on rows that had no part in forming them.
///
/// `first`, `second`: rows × C. `classes`: of each row, 0 … C-1. `weights`: of each row for what
/// happens within groups; between groups all rows count the same, so that the groups come out as
/// often as they occur. `prior`: of the classes, 0 for one that is not to be given. Minimises the
/// log loss, with a penalty that keeps exponents near 1 and offsets near 0; for each of some
/// mixtures by Newton's method, since the rest is convex. Thread-safe. Source: temperature and
/// vector scaling, Guo et al. 2017; the two steps are ours.
Calibration fit_calibration(const Matrix& first, const Matrix& second, std::span<const int> classes,
                            std::span<const double> weights, const Vector& prior,
                            const std::vector<size_t>& group_of);

}  // namespace uhuru
