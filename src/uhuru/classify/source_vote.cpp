#include "uhuru/classify/source_vote.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "uhuru/base/numpy.hpp"
#include "uhuru/classify/class_scores.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru {

ObservationOrder::ObservationOrder(const Column& observation) : column_(observation) {
  if (!observation.field.is_scalar()) return;
  numbers_ = numbers(observation);
  for (double& number : numbers_)
    if (std::isnan(number)) number = std::numeric_limits<double>::infinity();
}

bool ObservationOrder::operator()(size_t a, size_t b) const {
  if (!numbers_.empty()) return numbers_[a] < numbers_[b];
  if (column_.missing(a) || column_.missing(b)) return !column_.missing(a) && column_.missing(b);
  return column_.text(a) < column_.text(b);
}

SourceClasses vote_of_source(const Matrix& probabilities, std::span<const size_t> rows,
                             std::span<const int> assigned, const LearnedEvidence* evidence) {
  const auto classes = static_cast<size_t>(probabilities.cols());
  const auto combined = [&](std::span<const size_t> of_rows) {
    std::vector<double> result(classes);
    evidence->evidence.combine(probabilities, of_rows, evidence->learned, result.data());
    return result;
  };
  SourceClasses result;
  std::vector<size_t> counts(classes, 0);
  for (size_t i = 0; i < rows.size(); ++i) {
    result.votes.push_back(evidence ? most_probable(combined(std::array{rows[i]})) : assigned[i]);
    ++counts[static_cast<size_t>(result.votes.back())];
  }
  result.hard = result.votes[0];
  for (const int c : result.votes)  // strictly more: the first met wins a tie
    if (counts[static_cast<size_t>(c)] > counts[static_cast<size_t>(result.hard)]) result.hard = c;
  if (evidence) {
    result.probabilities = combined(rows);
  } else {
    std::vector<double> values(rows.size());
    for (size_t c = 0; c < classes; ++c) {
      for (size_t i = 0; i < rows.size(); ++i)
        values[i] = probabilities(static_cast<long>(rows[i]), static_cast<long>(c));
      result.probabilities.push_back(pairwise_sum(values) / static_cast<double>(rows.size()));
    }
  }
  result.soft = most_probable(result.probabilities);
  return result;
}

}  // namespace uhuru
