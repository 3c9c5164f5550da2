// A Gaussian for detections with missing or uncertain features.
#pragma once

#include "uhuru/base/matrix.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// A Gaussian prepared for evaluation on any subset of its dimensions. Thread-safe.
class PartialGaussian {
 public:
  /// Throws Error (input) if the covariance (D × D) is not positive definite.
  PartialGaussian(const Vector& mean, const Matrix& covariance);

  struct Value {
    double log_density = 0;  // of the non-missing features; 0 if there are none
    double distance = 0;     // squared Mahalanobis distance, of these features
    int dimensions = 0;      // number of these features
  };
  /// Evaluates the Gaussian at `x` (D values): a missing feature (NaN) is marginalized, and one
  /// with an extra variance is treated as a measurement with that error. `extra_variance`: D
  /// non-negative values, ignored for missing features; nullptr for none.
  Value operator()(const double* x, const double* extra_variance) const;
  int dimensions() const { return static_cast<int>(mean_.size()); }

 private:
  Vector mean_;
  Matrix precision_;
  double log_determinant_ = 0;  // of the covariance
};

}  // namespace uhuru::method
#pragma GCC visibility pop
