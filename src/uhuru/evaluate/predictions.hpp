// What a classifier said of detections or sources whose class is known.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "uhuru/base/matrix.hpp"

namespace uhuru {

/// Predictions with the truth beside them; every list has one entry a row, or is empty where that
/// is allowed.
struct Predictions {
  std::vector<std::string> labels;  // classes or groups
  std::vector<int> truth;           // of the row: a label's place, 0 … labels - 1
  std::vector<int> predicted;       // the same, or -1 where a threshold left the row out
  Matrix probabilities;             // rows × labels, 0…1; empty for hard votes
  Matrix priors;                    // rows × labels, as they were learned; empty where not known
  std::vector<size_t> sources;      // rows of a source are drawn together; empty: each by itself
  std::vector<double> weights;      // 0 or more; empty: 1 each

  size_t rows() const { return truth.size(); }
  bool has_probabilities() const { return probabilities.size() > 0; }
  bool has_priors() const { return priors.size() > 0; }
};

/// Throws Error (bug) where lengths, labels, probabilities, priors or weights are not as described.
void check_predictions(const Predictions& predictions);

/// These rows, in this order.
Predictions select_rows(const Predictions& predictions, const std::vector<size_t>& rows);

/// The rows of all, one after the other; they must have the same labels and the same lists.
Predictions concatenated(const std::vector<Predictions>& parts);

/// The predictions of groups: probabilities and priors are summed over the labels of a group.
///
/// `groups`: that of each label; the result has them in order of first appearance. A row's group is
/// that of the largest sum, the first of equals; of the predicted label where there are no
/// probabilities; -1 stays -1.
Predictions grouped(const Predictions& predictions, const std::vector<std::string>& groups);

}  // namespace uhuru
