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
  float threshold = 0;   // values up to this go left
  float left_part = 0;   // fraction of the training weight that goes left, in 255ths
};

/// A tree of binary splits, each on one feature.
struct Tree {
  /// What the shares in a leaf are counted in: 1 / leaf_steps.
  static constexpr int leaf_steps = 65535;

  std::vector<TreeNode> nodes;
  /// Leaves × classes: the class shares of the training rows that ended there, in leaf_steps.
  std::vector<uint16_t> leaves;

  /// Adds the class probabilities at `x` (D scaled features) to `sum` (the classes). If the feature
  /// of a node is missing (NaN), the row follows both branches in the proportion of the training;
  /// if it has an extra variance (D values, or nullptr), with the probability that its value lies
  /// on either side. Thread-safe.
  void add_probabilities(const double* x, const double* extra_variance,
                         std::span<double> sum) const;
  /// The same for rows of `data` (rows × D) that lack nothing and have no extra variance. `sums`:
  /// `rows` × classes, row by row.
  void add_probabilities(const Matrix& data, std::span<const size_t> rows, size_t classes,
                         std::span<double> sums) const;
};

struct TreeSettings {
  size_t least_rows = 3;  // per leaf
  size_t features = 0;    // tried per split; 0: the square root of their number
};

/// Grows a tree on the given rows of `data` (rows × D, NaN if missing), at least one. `classes`:
/// for each row of `data`, 0 … C-1; `weights`: for each, positive where used.
///
/// Each split has the largest gain in the Gini index among some randomly drawn features, as in
/// scikit-learn's DecisionTreeClassifier. Rows that lack a feature do not count in the gain of its
/// splits, and then follow both branches, each with the part of the weight that the other rows
/// have there: that a value is missing tells nothing. Thread-safe. Source: Breiman 2001; missing
/// values: Quinlan 1993 (C4.5).
Tree grow_tree(const Matrix& data, std::span<const int> classes, std::span<const double> weights,
               std::span<const size_t> rows, size_t class_count, const TreeSettings& settings,
               RandomState& random);

}  // namespace uhuru::method
#pragma GCC visibility pop
