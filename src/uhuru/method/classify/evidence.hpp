// The combined evidence of a source's detections on its class.
#pragma once

#include <span>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/method/ids.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// How the class probabilities of a source's detections are combined: as evidence that accumulates,
/// but more slowly than independent evidence would, since systematic errors repeat between
/// observations.
///
/// With the prior π of detections, the prior ρ of sources, and n detections, p(c) ∝ ρ(c)^s
/// π(c)^(1-s) · Π (p_i(c) / π(c))^(n^(e-1)): exponent e = 1 is independent evidence, e = 0 that of
/// a single detection.
struct Evidence {
  double exponent = 0.5;         // e
  double prior_shift = 1;        // s
  Vector detection_prior;        // π: of the L learned classes
  Vector source_prior;           // ρ
  std::vector<ClassId> learned;  // L: the column of each in the probabilities

  /// Writes the probabilities of a source, one per column of `probabilities`; those of a class not
  /// learned are 0. `rows`: the source's rows of `probabilities`, at least one. Thread-safe.
  void combine(const MatrixView& probabilities, std::span<const size_t> rows, double* result) const;
};

/// Chooses exponent and prior shift from a grid to minimise the log loss of sources.
///
/// `probabilities`: rows × L, one for each learned class, from a classifier that has not seen the
/// rows. `classes`, `sources`: for each row; the sources are numbered from 0, and each has the
/// class of its first row. Thread-safe.
Evidence fit_evidence(const Matrix& probabilities, std::span<const int> classes,
                      std::span<const size_t> sources, const Vector& detection_prior,
                      const Vector& source_prior);

}  // namespace uhuru::method
#pragma GCC visibility pop
