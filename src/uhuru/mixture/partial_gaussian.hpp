// A Gaussian for detections of which some features are missing or uncertain.
#pragma once

#include "uhuru/base/matrix.hpp"

namespace uhuru {

/// A Gaussian made ready to be asked about any part of its dimensions. Thread-safe.
class PartialGaussian {
 public:
  /// Throws Error (input) where the covariance (D × D) is not positive definite.
  PartialGaussian(const Vector& mean, const Matrix& covariance);

  struct Value {
    double log_density = 0;  // of the features that are there; 0 where none is
    double distance = 0;     // squared Mahalanobis distance, of those too
    int dimensions = 0;      // how many they are
  };
  /// The Gaussian at `x` (D values): a missing feature (NaN) is integrated out, and one with an
  /// extra variance is taken as a measurement with that error. `extra_variance`: D values of 0 or
  /// more, those of missing features not looked at; nullptr for none.
  Value operator()(const double* x, const double* extra_variance) const;

 private:
  Vector mean_;
  Matrix precision_;
  double log_determinant_ = 0;  // of the covariance
};

}  // namespace uhuru
