#include "uhuru/method/classify/forest.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace uhuru::method {
namespace {

struct Split {
  double gain = -1;
  int32_t feature = -1;
  double threshold = 0;
};

/// The number with the fewest decimals in [low, high): keeps a model file small and readable.
double short_number(double low, double high) {
  const double middle = low + (high - low) / 2;
  for (int decimals = 1; decimals < 16; ++decimals)
    if (const double rounded = numpy_round(middle, decimals); low <= rounded && rounded < high)
      return rounded;
  return middle < high ? middle : low;
}

class Grower {
 public:
  Grower(const Matrix& data, std::span<const int> classes, std::span<const double> weights,
         size_t class_count, const TreeSettings& settings, RandomState& random)
      : data_(data),
        classes_(classes),
        weights_(weights),
        class_count_(class_count),
        least_rows_(std::max<size_t>(settings.least_rows, 1)),
        random_(random),
        features_(static_cast<size_t>(data.cols())) {
    tried_ = settings.features ? settings.features
                               : std::max<size_t>(1, static_cast<size_t>(std::sqrt(data.cols())));
    std::iota(features_.begin(), features_.end(), int32_t{0});
    for (size_t row = 0; row < weights.size(); ++row)
      if (weights[row] > 0) rows_.push_back(row);
    order_.resize(rows_.size());
    left_.resize(class_count);
    right_.resize(class_count);
  }

  Tree grow() {
    split(0, rows_.size());
    Tree tree{std::move(nodes_), {}};
    const auto columns = static_cast<Eigen::Index>(class_count_);
    tree.leaves = Eigen::Map<const Matrix>(
        leaves_.data(), static_cast<Eigen::Index>(leaves_.size()) / columns, columns);
    return tree;
  }

 private:
  void split(size_t begin, size_t end) {
    const size_t node = nodes_.size();
    nodes_.emplace_back();
    std::vector<double> sums(class_count_, 0.0);
    for (size_t i = begin; i < end; ++i)
      sums[static_cast<size_t>(classes_[rows_[i]])] += weights_[rows_[i]];
    const double total = std::accumulate(sums.begin(), sums.end(), 0.0);
    const bool pure =
        std::count(sums.begin(), sums.end(), 0.0) + 1 == static_cast<long>(class_count_);
    const Split best =
        pure || end - begin < 2 * least_rows_ ? Split{} : best_split(begin, end, sums);
    if (best.feature < 0) {
      nodes_[node].right = static_cast<uint32_t>(leaves_.size() / class_count_);
      for (const double sum : sums)
        leaves_.push_back(total > 0 ? numpy_round(sum / total, 4) : 0.0);
      return;
    }
    const auto middle = std::partition(
        rows_.begin() + static_cast<long>(begin), rows_.begin() + static_cast<long>(end),
        [&](size_t row) { return data_(static_cast<long>(row), best.feature) <= best.threshold; });
    const auto at = static_cast<size_t>(middle - rows_.begin());
    double left = 0;
    for (size_t i = begin; i < at; ++i) left += weights_[rows_[i]];
    nodes_[node].feature = best.feature;
    nodes_[node].threshold = best.threshold;
    nodes_[node].left_part = numpy_round(left / total, 3);
    split(begin, at);
    nodes_[node].right = static_cast<uint32_t>(nodes_.size());
    split(at, end);
  }

  /// The best split among randomly drawn features; more are drawn while none separates the rows.
  Split best_split(size_t begin, size_t end, const std::vector<double>& sums) {
    Split best;
    for (size_t drawn = 0; drawn < features_.size() && (drawn < tried_ || best.feature < 0);
         ++drawn) {
      std::swap(features_[drawn], features_[drawn + random_.integer(features_.size() - drawn)]);
      try_feature(features_[drawn], begin, end, sums, best);
    }
    return best;
  }

  void try_feature(int32_t feature, size_t begin, size_t end, const std::vector<double>& sums,
                   Split& best) {
    const size_t count = end - begin;
    for (size_t i = 0; i < count; ++i)
      order_[i] = {data_(static_cast<long>(rows_[begin + i]), feature), rows_[begin + i]};
    std::sort(order_.begin(), order_.begin() + static_cast<long>(count));
    std::fill(left_.begin(), left_.end(), 0.0);
    right_ = sums;
    double left_total = 0;
    double right_total = std::accumulate(sums.begin(), sums.end(), 0.0);
    for (size_t i = 0; i + least_rows_ < count; ++i) {
      const auto [value, row] = order_[i];
      const auto c = static_cast<size_t>(classes_[row]);
      left_[c] += weights_[row];
      right_[c] -= weights_[row];
      left_total += weights_[row];
      right_total -= weights_[row];
      const double next = order_[i + 1].first;
      if (i + 1 < least_rows_ || !(value < next) || right_total <= 0) continue;
      double gain = 0;  // of the Gini index, without terms common to all splits
      for (size_t k = 0; k < class_count_; ++k)
        gain += left_[k] * left_[k] / left_total + right_[k] * right_[k] / right_total;
      if (gain <= best.gain) continue;
      best = {gain, feature, short_number(value, next)};
    }
  }

  const Matrix& data_;
  std::span<const int> classes_;
  std::span<const double> weights_;
  size_t class_count_, least_rows_, tried_ = 0;
  RandomState& random_;
  std::vector<int32_t> features_;
  std::vector<size_t> rows_;
  std::vector<std::pair<double, size_t>> order_;
  std::vector<double> left_, right_, leaves_;
  std::vector<TreeNode> nodes_;
};

/// Descends from a node with a fraction of a row.
void descend(const Tree& tree, size_t node, double part, const double* x,
             const double* extra_variance, double* sum) {
  constexpr double least_part = 1e-4;  // smaller ones are not split
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
  const double* leaf = tree.leaves.row(tree.nodes[node].right).data();
  for (Eigen::Index c = 0; c < tree.leaves.cols(); ++c) sum[c] += part * leaf[c];
}

}  // namespace

void Tree::add_probabilities(const double* x, const double* extra_variance, double* sum) const {
  descend(*this, 0, 1.0, x, extra_variance, sum);
}

Tree grow_tree(const Matrix& data, std::span<const int> classes, std::span<const double> weights,
               size_t class_count, const TreeSettings& settings, RandomState& random) {
  return Grower(data, classes, weights, class_count, settings, random).grow();
}

}  // namespace uhuru::method
