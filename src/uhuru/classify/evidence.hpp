// What the detections of a source say together about its class.
#pragma once

#include <span>

#include "uhuru/base/matrix.hpp"

namespace uhuru {

/// How the class probabilities of a source's detections are combined: as evidence that adds up, but
/// less than independent evidence would, since what misleads in one observation misleads in the
/// next.
///
/// With the prior π of detections, the prior ρ of sources, and n detections,
/// p(c) ∝ ρ(c)^s π(c)^(1-s) · Π (p_i(c) / π(c))^(n^(e-1)): exponent e = 1 is independent evidence,
/// e = 0 that of one detection.
struct Evidence {
  double exponent = 0.5;   // e
  double prior_shift = 1;  // s
  Vector detection_prior;  // π: of the L learned classes
  Vector source_prior;     // ρ
  /// Writes the probabilities of a source, one a column of `probabilities`: learned class l is in
  /// column columns[l], the others get 0. `rows`: the source's rows of `probabilities`, at least
  /// one. Thread-safe.
  void combine(const Matrix& probabilities, std::span<const size_t> rows,
               std::span<const int> columns, double* result) const;
};

/// Chooses exponent and prior shift from a grid so that the log loss of sources is least.
///
/// `probabilities`: rows × L, from a classifier that had not seen the rows. `classes`, `sources`:
/// of each row; the sources are numbers from 0, and each has the class of its first row.
/// Thread-safe.
Evidence fit_evidence(const Matrix& probabilities, std::span<const int> classes,
                      std::span<const size_t> sources, const Vector& detection_prior,
                      const Vector& source_prior);

}  // namespace uhuru
