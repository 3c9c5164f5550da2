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
/// With the prior π of sources and n detections, p(c) ∝ π(c) n^s(c) Π (p_i(c) / π(c))^(n^(e-1)):
/// exponent e = 1 is independent evidence, e = 0 that of a single detection; s, the same for all
/// classes of a group, says how much more often than others its sources have many detections. A
/// source with one detection has that detection's probabilities.
struct Evidence {
  double exponent = 0.5;         // e
  Vector slope;                  // s: of the L learned classes
  Vector prior;                  // π: of the L learned classes; 0 for one that is excluded
  std::vector<ClassId> learned;  // L: the column of each in the probabilities

  /// Writes the probabilities of a source, one per column of `probabilities`; those of a class not
  /// learned are 0. `rows`: the source's rows of `probabilities`, at least one. Thread-safe.
  void combine(const MatrixView& probabilities, std::span<const size_t> rows, double* result) const;
};

/// See Packer.
template <class Archive>
void transfer(Archive& archive, Evidence& evidence) {
  archive(evidence.exponent, evidence.slope, evidence.prior, evidence.learned);
}

/// Chooses the exponent from a grid, and slopes, to minimise the log loss of sources, with a small
/// penalty on slopes.
///
/// `probabilities`: rows × L, one for each learned class, from a classifier that has not seen the
/// rows. `classes`, `sources`, `weights`: for each row; the sources are numbered from 0, and each
/// has the class and, in the loss, the total weight of its rows. `group_of`: of each class.
/// Thread-safe.
Evidence fit_evidence(const Matrix& probabilities, std::span<const int> classes,
                      std::span<const size_t> sources, std::span<const double> weights,
                      const Vector& prior, std::span<const size_t> group_of);

}  // namespace uhuru::method
#pragma GCC visibility pop
