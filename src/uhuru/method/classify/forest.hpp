// Decision trees for classification.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/base/numpy.hpp"

#pragma GCC visibility push(default)
namespace uhuru::method {

/// A node of a tree; its left child is the next node.
struct TreeNode {
  int32_t feature = -1;  // -1: a leaf
  uint32_t right = 0;    // its right child; for a leaf, its row in the leaves
  double threshold = 0;  // values up to this go left
  double left_part = 0;  // fraction of the training weight that goes left
};

/// A tree of binary splits, each on one feature.
struct Tree {
  std::vector<TreeNode> nodes;
  Matrix leaves;  // leaves × classes: the class shares of the training rows that ended there, sum 1

  /// Adds the class probabilities at `x` (D scaled features) to `sum`. If the feature of a node is
  /// missing (NaN), the row follows both branches in the proportion of the training; if it has an
  /// extra variance (D values, or nullptr), with the probability that its value lies on either
  /// side. Thread-safe.
  void add_probabilities(const double* x, const double* extra_variance, double* sum) const;
};

struct TreeSettings {
  size_t least_rows = 3;  // per leaf
  size_t features = 0;    // tried per split; 0: the square root of their number
};

/// Grows a tree on the rows of `data` (rows × D, none missing) with positive weight. `classes`: for
/// each row, 0 … C-1. Each split has the largest gain in the Gini index among some randomly drawn
/// features, as in scikit-learn's DecisionTreeClassifier. Thread-safe. Source: Breiman 2001.
Tree grow_tree(const Matrix& data, std::span<const int> classes, std::span<const double> weights,
               size_t class_count, const TreeSettings& settings, RandomState& random);

}  // namespace uhuru::method
#pragma GCC visibility pop
