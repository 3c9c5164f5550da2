// Calibration of class probabilities on sources that the classifier has not seen.
#pragma once

#include <span>
#include <vector>

#include "uhuru/base/matrix.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// Combines two predictions for the class of a row: they are given the prior, mixed, and the result
/// is sharpened or flattened and shifted, first between the groups of classes, then between the
/// classes of a group.
struct Calibration {
  Vector shift;                  // C: the factors from the prior of the predictions to `prior`
  double first_part = 0.5;       // weight of the first prediction in the mixture
  double group_sharpness = 1;    // the exponent of the group probabilities
  Vector group_offset;           // added to their logarithms
  double class_sharpness = 1;    // the same within the groups
  Vector class_offset;           // C
  std::vector<size_t> group_of;  // for each class, its group
  Vector prior;                  // of the classes; 0 for a class not learned
  static constexpr double prior_part =
      0.01;  // share of the prior in the result: nothing is impossible

  /// Writes the probabilities of C classes; sum 1. Thread-safe.
  void apply(const double* first, const double* second, double* result) const;
};

/// Fits a calibration to held-out predictions.
///
/// `first`, `second`: rows × C. `classes`: for each row, 0 … C-1. `group_weights`, `class_weights`:
/// for each row, used between and within groups: groups are predicted as often as they occur with
/// these weights. `prior`: of the classes, 0 for a class that must not be predicted; `shift`: see
/// Calibration. Minimises the log loss, with a penalty that keeps exponents near 1 and offsets near
/// 0; for each of several mixture weights by Newton's method, since the rest is convex.
/// Thread-safe. Source: temperature and vector scaling, Guo et al. 2017; the two steps are our
/// addition.
Calibration fit_calibration(const Matrix& first, const Matrix& second, std::span<const int> classes,
                            std::span<const double> group_weights,
                            std::span<const double> class_weights, const Vector& prior,
                            const Vector& shift, const std::vector<size_t>& group_of);

}  // namespace uhuru::method
#pragma GCC visibility pop
