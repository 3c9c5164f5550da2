#include "uhuru/method/classify/forest.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

namespace uhuru::method {
namespace {

struct Split {
  double gain = 0;
  int32_t feature = -1;
  float threshold = 0;
  double left_part = 0;  // of the rows that have the feature
};

/// A number in [low, high) with few digits: a float. Nothing if there is none between them.
std::optional<float> float_between(double low, double high) {
  float middle = static_cast<float>(low + (high - low) / 2);
  if (middle >= high) middle = std::nextafter(middle, -std::numeric_limits<float>::infinity());
  if (middle < low || middle >= high || !std::isfinite(middle)) return {};
  return middle;
}

/// A row, or a part of it, in a node.
struct Member {
  size_t row;
  double part;  // of the row
};

class Grower {
 public:
  Grower(const Matrix& data, std::span<const int> classes, std::span<const double> weights,
         size_t class_count, const TreeSettings& settings, RandomState& random)
      : data_(data),
        classes_(classes),
        weights_(weights),
        class_count_(class_count),
        least_rows_(static_cast<double>(std::max<size_t>(settings.least_rows, 1))),
        random_(random),
        features_(static_cast<size_t>(data.cols())),
        left_(class_count),
        right_(class_count) {
    tried_ = settings.features ? settings.features
                               : std::max<size_t>(1, static_cast<size_t>(std::sqrt(data.cols())));
    std::iota(features_.begin(), features_.end(), int32_t{0});
  }

  Tree grow(std::span<const size_t> rows) {
    std::vector<Member> members;
    for (const size_t row : rows) members.push_back({row, 1.0});
    split(members, 0);
    return std::move(tree_);
  }

 private:
  double weight(const Member& member) const { return weights_[member.row] * member.part; }

  void add_leaf(size_t node, const std::vector<double>& sums) {
    tree_.nodes[node].right = static_cast<uint32_t>(tree_.leaves.size() / class_count_);
    const double total = std::accumulate(sums.begin(), sums.end(), 0.0);
    for (const double sum : sums)
      tree_.leaves.push_back(
          static_cast<uint16_t>(std::lround(Tree::leaf_steps * (total > 0 ? sum / total : 0))));
  }

  void split(std::vector<Member>& members, int depth) {
    constexpr int deepest = 200;  // limits the recursion
    const size_t node = tree_.nodes.size();
    tree_.nodes.emplace_back();
    std::vector<double> sums(class_count_, 0.0);
    double rows = 0;
    for (const Member& member : members) {
      sums[static_cast<size_t>(classes_[member.row])] += weight(member);
      rows += member.part;
    }
    const bool pure =
        std::count(sums.begin(), sums.end(), 0.0) + 1 >= static_cast<long>(class_count_);
    const Split best =
        pure || rows < 2 * least_rows_ || depth == deepest ? Split{} : best_split(members);
    if (best.feature < 0) return add_leaf(node, sums);
    // The part is kept in 255ths, which is what a model file has room for.
    const double left_part = std::round(255 * best.left_part) / 255;
    std::vector<Member> left, right;
    for (const Member& member : members) {
      const double value = data_(static_cast<long>(member.row), best.feature);
      if (!std::isnan(value)) {
        (value <= best.threshold ? left : right).push_back(member);
        continue;
      }
      // A small part stays with the larger one: nothing of a row is lost.
      if (member.part * std::min(left_part, 1 - left_part) < least_part) {
        (left_part > 0.5 ? left : right).push_back(member);
        continue;
      }
      left.push_back({member.row, member.part * left_part});
      right.push_back({member.row, member.part * (1 - left_part)});
    }
    std::vector<Member>().swap(members);
    tree_.nodes[node].feature = best.feature;
    tree_.nodes[node].threshold = best.threshold;
    tree_.nodes[node].left_part = static_cast<float>(left_part);
    split(left, depth + 1);
    tree_.nodes[node].right = static_cast<uint32_t>(tree_.nodes.size());
    split(right, depth + 1);
  }

  /// The best split among randomly drawn features; more are drawn while none separates the rows.
  Split best_split(const std::vector<Member>& members) {
    Split best;
    for (size_t drawn = 0; drawn < features_.size() && (drawn < tried_ || best.feature < 0);
         ++drawn) {
      std::swap(features_[drawn], features_[drawn + random_.integer(features_.size() - drawn)]);
      try_feature(features_[drawn], members, best);
    }
    return best;
  }

  void try_feature(int32_t feature, const std::vector<Member>& members, Split& best) {
    order_.clear();
    std::fill(left_.begin(), left_.end(), 0.0);
    std::fill(right_.begin(), right_.end(), 0.0);
    double right_total = 0, rows = 0;
    for (size_t i = 0; i < members.size(); ++i) {
      const double value = data_(static_cast<long>(members[i].row), feature);
      if (std::isnan(value)) continue;
      order_.emplace_back(value, i);
      const double w = weight(members[i]);
      right_[static_cast<size_t>(classes_[members[i].row])] += w;
      right_total += w;
      rows += members[i].part;
    }
    if (rows < 2 * least_rows_) return;
    std::sort(order_.begin(), order_.end());
    const double total = right_total;
    double unsplit = 0;  // of the Gini index
    for (const double sum : right_) unsplit += sum * sum;
    unsplit /= total;
    double left_total = 0, left_rows = 0;
    for (size_t i = 0; i + 1 < order_.size(); ++i) {
      const auto [value, number] = order_[i];
      const Member& member = members[number];
      const auto c = static_cast<size_t>(classes_[member.row]);
      const double w = weight(member);
      left_[c] += w;
      right_[c] -= w;
      left_total += w;
      right_total -= w;
      left_rows += member.part;
      const double next = order_[i + 1].first;
      if (!(value < next) || left_rows < least_rows_ || right_total <= 0) continue;
      if (rows - left_rows < least_rows_ - 1e-9) break;
      double gain = -unsplit;
      for (size_t k = 0; k < class_count_; ++k)
        gain += left_[k] * left_[k] / left_total + right_[k] * right_[k] / right_total;
      if (best.feature >= 0 && gain <= best.gain) continue;
      if (const auto threshold = float_between(value, next))
        best = {gain, feature, *threshold, left_total / total};
    }
  }

  static constexpr double least_part = 0.02;  // of a row; smaller ones are not split

  const Matrix& data_;
  std::span<const int> classes_;
  std::span<const double> weights_;
  size_t class_count_, tried_ = 0;
  double least_rows_;
  RandomState& random_;
  std::vector<int32_t> features_;
  std::vector<std::pair<double, size_t>> order_;  // values, and places among the members
  std::vector<double> left_, right_;
  Tree tree_;
};

/// Descends from a node with a fraction of a row.
void descend(const Tree& tree, size_t node, double part, const double* x,
             const double* extra_variance, std::span<double> sum) {
  constexpr double least_part = 0.005;  // of a row; smaller ones are not split
  while (tree.nodes[node].feature >= 0) {
    const TreeNode& at = tree.nodes[node];
    const double value = x[at.feature];
    double left = value <= at.threshold ? 1.0 : 0.0;
    if (std::isnan(value))
      left = at.left_part;
    else if (extra_variance && extra_variance[at.feature] > 0)
      left = 0.5 * std::erfc((value - at.threshold) / std::sqrt(2 * extra_variance[at.feature]));
    if (part * std::min(left, 1 - left) < least_part) left = left < 0.5 ? 0.0 : 1.0;
    if (left > 0 && left < 1) {
      descend(tree, at.right, part * (1 - left), x, extra_variance, sum);
      part *= left;
    }
    node = left > 0 ? node + 1 : at.right;
  }
  const uint16_t* leaf = tree.leaves.data() + tree.nodes[node].right * sum.size();
  for (size_t c = 0; c < sum.size(); ++c) sum[c] += part / Tree::leaf_steps * leaf[c];
}

}  // namespace

void Tree::add_probabilities(const double* x, const double* extra_variance,
                             std::span<double> sum) const {
  descend(*this, 0, 1.0, x, extra_variance, sum);
}

void Tree::add_probabilities(const Matrix& data, std::span<const size_t> rows, size_t classes,
                             std::span<double> sums) const {
  // Without branches, and several rows together, so that the processor need not wait for one: a
  // leaf leads to itself.
  struct Step {
    float threshold;
    int32_t feature;
    uint32_t next[2];  // up to the threshold, beyond
  };
  std::vector<Step> steps;
  steps.reserve(nodes.size());
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    const TreeNode& node = nodes[i];
    if (node.feature < 0)
      steps.push_back({0, 0, {i, i}});
    else
      steps.push_back({node.threshold, node.feature, {i + 1, node.right}});
  }
  constexpr size_t together = 16;
  constexpr int levels_at_a_time = 4;
  for (size_t begin = 0; begin < rows.size(); begin += together) {
    const size_t count = std::min(together, rows.size() - begin);
    const double* x[together];
    uint32_t at[together] = {};
    for (size_t i = 0; i < together; ++i)
      x[i] = data.row(static_cast<long>(rows[begin + std::min(i, count - 1)])).data();
    for (bool all_ended = false; !all_ended;) {
      for (int level = 0; level < levels_at_a_time; ++level)
        for (size_t i = 0; i < together; ++i) {
          const Step& step = steps[at[i]];
          at[i] = step.next[x[i][step.feature] > step.threshold];
        }
      all_ended = true;
      for (const uint32_t node : at) all_ended &= steps[node].next[0] == node;
    }
    for (size_t i = 0; i < count; ++i) {
      const uint16_t* leaf = leaves.data() + nodes[at[i]].right * classes;
      double* sum = sums.data() + (begin + i) * classes;
      for (size_t c = 0; c < classes; ++c) sum[c] += leaf[c] * (1.0 / leaf_steps);
    }
  }
}

Tree grow_tree(const Matrix& data, std::span<const int> classes, std::span<const double> weights,
               std::span<const size_t> rows, size_t class_count, const TreeSettings& settings,
               RandomState& random) {
  return Grower(data, classes, weights, class_count, settings, random).grow(rows);
}

}  // namespace uhuru::method
