// The vote of one source's detections: one rule for `vote`, `run`, `predict` and `validate`.
#pragma once

#include <span>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/classify/evidence.hpp"
#include "uhuru/table/column.hpp"

namespace uhuru {

/// How the detections of a source are ordered for the vote: by observation, as a number if the
/// column is numeric; missing observations last. The column must outlive it. Throws Error (input)
/// as numbers() does. Thread-safe.
class ObservationOrder {
 public:
  explicit ObservationOrder(const Column& observation);
  /// Whether row `a` comes before row `b`.
  bool operator()(size_t a, size_t b) const;

 private:
  const Column& column_;
  std::vector<double> numbers_;  // empty if the column is text
};

/// The evidence of posteriors, and the classes (columns of the probabilities) that were learned.
struct LearnedEvidence {
  const Evidence& evidence;
  std::span<const int> learned;
};

struct SourceClasses {
  int soft = 0;                       // the class with the largest of `probabilities`
  std::vector<double> probabilities;  // means, or of the combined evidence
  int hard = 0;                       // the most frequent of `votes`
  std::vector<int> votes;             // the class that each detection alone gives the source
};

/// The classes of a source. A tie of the soft vote goes to the first class, one of the hard vote to
/// the first met.
///
/// `probabilities`: rows × classes, without missing values. `rows`: those of the source, at least
/// one, in ObservationOrder. `assigned`: the class of each of these rows. `evidence`: if the
/// probabilities are posteriors. Thread-safe. Source: [PD24] sec. 3.6.
SourceClasses vote_of_source(const Matrix& probabilities, std::span<const size_t> rows,
                             std::span<const int> assigned, const LearnedEvidence* evidence);

}  // namespace uhuru
