// Sets of classes with a promised coverage, and p-values, from held-out sources.
#pragma once

#include <span>
#include <vector>

#include "uhuru/base/matrix.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// Scores of held-out rows of one kind: the larger, the better a row fits its kind.
class HeldOutScores {
 public:
  HeldOutScores() = default;
  /// `scores` need not be sorted. Of more than 2,000, the 2,000 evenly spaced quantiles are kept.
  explicit HeldOutScores(std::vector<double> scores);
  /// Reads back what values() and count() gave. `sorted`: ascending.
  HeldOutScores(std::vector<double> sorted, size_t count)
      : sorted_(std::move(sorted)), count_(count) {}

  /// The probability that a row of this kind fits no better: (rows that do not + 1) / (rows + 1).
  /// 1 without scores, when nothing can be excluded.
  double p_value(double score) const;

  const std::vector<double>& values() const { return sorted_; }
  size_t count() const { return count_; }
  /// See Packer.
  template <class Archive>
  friend void transfer(Archive& archive, HeldOutScores& scores) {
    archive(scores.sorted_, scores.count_);
  }

 private:
  std::vector<double> sorted_;
  size_t count_ = 0;
};

/// The classes that cannot be excluded: those whose probability, in proportion to the largest, is
/// not smaller than that of the true class in all but a part `1 - coverage` of the held-out sources
/// of their group. The most probable class is always one of them.
///
/// `probabilities`: of L classes; `group_of`: of each; `ratios`: of each group. Thread-safe.
/// Source: Vovk, Gammerman, Shafer 2005 (Mondrian conformal prediction).
std::vector<bool> classes_in_set(std::span<const double> probabilities,
                                 std::span<const size_t> group_of,
                                 std::span<const HeldOutScores> ratios, double coverage);

/// P(class) in proportion to the largest.
double ratio_of(std::span<const double> probabilities, size_t class_number);

}  // namespace uhuru::method
#pragma GCC visibility pop
