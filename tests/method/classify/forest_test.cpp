#include "uhuru/method/classify/forest.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace uhuru::method {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double gini_gain(const Matrix& data, const std::vector<int>& classes,
                 const std::vector<double>& weights, size_t class_count, long feature,
                 double threshold) {
  std::vector<double> left(class_count), right(class_count);
  double left_sum = 0, right_sum = 0, gain = 0;
  for (size_t row = 0; row < classes.size(); ++row) {
    const bool goes_left = data(static_cast<long>(row), feature) <= threshold;
    (goes_left ? left : right)[static_cast<size_t>(classes[row])] += weights[row];
    (goes_left ? left_sum : right_sum) += weights[row];
  }
  for (size_t c = 0; c < class_count; ++c)
    gain += left[c] * left[c] / left_sum + right[c] * right[c] / right_sum;
  return gain;
}

TEST(Tree, SplitsWhereAnExhaustiveSearchDoes) {
  RandomState random(1);
  for (int round = 0; round < 30; ++round) {
    Matrix data(60, 3);
    std::vector<int> classes;
    std::vector<double> weights;
    for (long row = 0; row < data.rows(); ++row) {
      for (long f = 0; f < 3; ++f) data(row, f) = std::round(10 * random.uniform()) / 10;
      classes.push_back(static_cast<int>(random.integer(3)));
      weights.push_back(static_cast<double>(random.integer(4)));  // some are 0
    }
    const TreeSettings settings{2, 3};
    const Tree tree = grow_tree(data, classes, weights, 3, settings, random);
    ASSERT_GE(tree.nodes[0].feature, 0);
    double most = 0;
    for (long feature = 0; feature < 3; ++feature)
      for (int step = 0; step < 10; ++step) {
        const double threshold = step / 10.0 + 0.05;
        size_t left = 0, all = 0;
        for (size_t row = 0; row < classes.size(); ++row) {
          all += weights[row] > 0;
          left += weights[row] > 0 && data(static_cast<long>(row), feature) <= threshold;
        }
        if (left < 2 || all - left < 2) continue;
        most = std::max(most, gini_gain(data, classes, weights, 3, feature, threshold));
      }
    EXPECT_NEAR(
        gini_gain(data, classes, weights, 3, tree.nodes[0].feature, tree.nodes[0].threshold), most,
        1e-9);
  }
}

/// One split at x0 = 0.5: class 0 to the left, with a quarter of the weight.
Tree one_split() {
  const Matrix data = (Matrix(4, 1) << 0, 1, 1, 1).finished();
  const std::vector<int> classes = {0, 1, 1, 1};
  const std::vector<double> weights(4, 1.0);
  RandomState random(0);
  return grow_tree(data, classes, weights, 2, {1, 0}, random);
}

std::vector<double> asked(const Tree& tree, double x, double variance) {
  std::vector<double> sum(2, 0.0);
  tree.add_probabilities(&x, &variance, sum.data());
  return sum;
}

TEST(Tree, GoesBothWaysWhereAValueIsMissingOrUncertain) {
  const Tree tree = one_split();
  EXPECT_EQ(asked(tree, 0.2, 0), (std::vector<double>{1, 0}));
  EXPECT_EQ(asked(tree, 0.5, 0), (std::vector<double>{1, 0}));
  EXPECT_EQ(asked(tree, 0.7, 0), (std::vector<double>{0, 1}));
  EXPECT_EQ(asked(tree, nan, 0), (std::vector<double>{0.25, 0.75}));
  EXPECT_NEAR(asked(tree, 0.5, 4)[0], 0.5, 1e-12);
  EXPECT_NEAR(asked(tree, 1.5, 1)[0], 0.15865525393145707, 1e-12);  // one sigma away
  EXPECT_EQ(asked(tree, 9, 1e-4), (std::vector<double>{0, 1}));
}

TEST(Tree, KeepsLeavesLargeAndStopsAtPureOnes) {
  RandomState random(5);
  Matrix data(200, 2);
  std::vector<int> classes;
  for (long row = 0; row < 200; ++row) {
    data(row, 0) = random.uniform();
    data(row, 1) = random.uniform();
    classes.push_back(static_cast<int>(random.integer(2)));
  }
  const std::vector<double> weights(200, 1.0);
  const Tree tree = grow_tree(data, classes, weights, 2, {20, 0}, random);
  std::vector<int> ends(static_cast<size_t>(tree.leaves.rows()), 0);
  for (long row = 0; row < 200; ++row) {
    size_t node = 0;
    while (tree.nodes[node].feature >= 0)
      node = data(row, tree.nodes[node].feature) <= tree.nodes[node].threshold
                 ? node + 1
                 : tree.nodes[node].right;
    ++ends[tree.nodes[node].right];
  }
  for (const int rows : ends) EXPECT_GE(rows, 20);
  const Tree pure = grow_tree(data, std::vector<int>(200, 1), weights, 2, {1, 0}, random);
  EXPECT_EQ(pure.nodes.size(), 1u);
  EXPECT_EQ(pure.leaves(0, 1), 1);
}

}  // namespace
}  // namespace uhuru::method
