// Decision trees that tell classes apart.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/base/numpy.hpp"

namespace uhuru {

/// A node of a tree; its left child is the next node.
struct TreeNode {
  int32_t feature = -1;  // -1: a leaf
  uint32_t right = 0;    // its right child, or of a leaf its row among the leaves
  double threshold = 0;  // to the left go values up to this
  double left_part = 0;  // of the training weight
};

/// A tree of binary splits, each of one feature.
struct Tree {
  std::vector<TreeNode> nodes;
  Matrix leaves;  // leaves × classes: the classes of the training rows that ended there, sum 1

  /// Adds the class probabilities at `x` (D scaled features) to `sum`. Where a feature that a node
  /// asks for is missing (NaN), the row goes both ways in the training's proportion; where it has
  /// an extra variance (D values, or nullptr), as likely as its value lies on either side.
  /// Thread-safe.
  void add_probabilities(const double* x, const double* extra_variance, double* sum) const;
};

struct TreeSettings {
  size_t least_rows = 3;  // in a leaf
  size_t features = 0;    // looked at for each split; 0: the square root of their number
};

/// Grows a tree on the rows of `data` (rows × D, none missing) with a positive weight. `classes`:
/// of each row, 0 … C-1. Each split is the one of the largest gain of Gini's index among some
/// features drawn at random, as in scikit-learn's DecisionTreeClassifier. Thread-safe. Source:
/// Breiman 2001.
Tree grow_tree(const Matrix& data, std::span<const int> classes, std::span<const double> weights,
               size_t class_count, const TreeSettings& settings, RandomState& random);

}  // namespace uhuru
