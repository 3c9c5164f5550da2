// Predictions of a classifier for detections or sources of known class.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "uhuru/base/matrix.hpp"

#pragma GCC visibility push(default)
namespace uhuru::study {

/// Predictions with the true labels; every list has one entry per row, or is empty where allowed.
struct Predictions {
  std::vector<std::string> labels;  // classes or groups
  std::vector<int> truth;           // of the row: index of a label, 0 … labels - 1
  std::vector<int> predicted;       // the same, or -1 if a threshold left the row out
  Matrix probabilities;             // rows × labels, 0…1; empty for hard votes
  Matrix priors;                    // rows × labels, as learned; empty if unknown
  std::vector<size_t> sources;  // rows of a source are drawn together; empty: each row separately
  std::vector<double> weights;  // non-negative; empty: 1 each

  size_t rows() const { return truth.size(); }
  bool has_probabilities() const { return probabilities.size() > 0; }
  bool has_priors() const { return priors.size() > 0; }
};

/// Throws Error (bug) if lengths, labels, probabilities, priors or weights are not as described.
void check_predictions(const Predictions& predictions);

/// The given rows, in this order.
Predictions select_rows(const Predictions& predictions, const std::vector<size_t>& rows);

/// The concatenated rows of all parts; they must have the same labels and the same lists.
Predictions concatenated(const std::vector<Predictions>& parts);

/// The predictions of groups: probabilities and priors are summed over the labels of a group.
///
/// `groups`: the group of each label; the result has them in order of first appearance. The group
/// of a row is that with the largest sum, the first if tied; without probabilities, that of the
/// predicted label; -1 remains -1.
Predictions grouped(const Predictions& predictions, const std::vector<std::string>& groups);

}  // namespace uhuru::study
#pragma GCC visibility pop
