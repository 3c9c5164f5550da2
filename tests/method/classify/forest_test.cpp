#include "uhuru/method/classify/forest.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace uhuru::method {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::vector<size_t> all_rows(size_t count) {
  std::vector<size_t> rows(count);
  std::iota(rows.begin(), rows.end(), size_t{0});
  return rows;
}

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
    std::vector<size_t> rows;
    for (size_t row = 0; row < classes.size(); ++row)
      if (weights[row] > 0) rows.push_back(row);
    const TreeSettings settings{2, 3};
    const Tree tree = grow_tree(data, classes, weights, rows, 3, settings, random);
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
  return grow_tree(data, classes, weights, all_rows(4), 2, {1, 0}, random);
}

std::vector<double> asked(const Tree& tree, double x, double variance) {
  std::vector<double> sum(2, 0.0);
  tree.add_probabilities(&x, &variance, sum);
  return sum;
}

TEST(Tree, GoesBothWaysWhereAValueIsMissingOrUncertain) {
  const Tree tree = one_split();
  EXPECT_EQ(asked(tree, 0.2, 0), (std::vector<double>{1, 0}));
  EXPECT_EQ(asked(tree, 0.5, 0), (std::vector<double>{1, 0}));
  EXPECT_EQ(asked(tree, 0.7, 0), (std::vector<double>{0, 1}));
  // A quarter, in 255ths, kept as a float.
  EXPECT_NEAR(asked(tree, nan, 0)[0], 64 / 255.0, 1e-7);
  EXPECT_NEAR(asked(tree, nan, 0)[1], 191 / 255.0, 1e-7);
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
  const Tree tree = grow_tree(data, classes, weights, all_rows(200), 2, {20, 0}, random);
  std::vector<int> ends(tree.leaves.size() / 2, 0);
  for (long row = 0; row < 200; ++row) {
    size_t node = 0;
    while (tree.nodes[node].feature >= 0)
      node = data(row, tree.nodes[node].feature) <= tree.nodes[node].threshold
                 ? node + 1
                 : tree.nodes[node].right;
    ++ends[tree.nodes[node].right];
  }
  for (const int rows : ends) EXPECT_GE(rows, 20);
  const Tree pure =
      grow_tree(data, std::vector<int>(200, 1), weights, all_rows(200), 2, {1, 0}, random);
  EXPECT_EQ(pure.nodes.size(), 1u);
  EXPECT_EQ(pure.leaves, (std::vector<uint16_t>{0, Tree::leaf_steps}));
}

/// Rows of three classes on a grid, so that values meet thresholds.
struct GridRows {
  Matrix data;
  std::vector<int> classes;
  std::vector<double> weights;
};

GridRows grid_rows(long rows, double missing_part, uint32_t seed) {
  RandomState random(seed);
  GridRows result{Matrix(rows, 3), {}, {}};
  for (long row = 0; row < rows; ++row) {
    const auto c = static_cast<int>(random.integer(3));
    for (long f = 0; f < 3; ++f)
      result.data(row, f) = random.uniform() < missing_part
                                ? nan
                                : std::round(8 * (random.normal() + (f == c ? 1.0 : 0.0))) / 8;
    result.classes.push_back(c);
    result.weights.push_back(0.5 + random.uniform());
  }
  return result;
}

TEST(Tree, SplitsOnTheRowsThatHaveTheFeature) {
  for (uint32_t round = 0; round < 20; ++round) {
    const GridRows of = grid_rows(120, 0.4, round);
    RandomState random(round);
    const Tree tree = grow_tree(of.data, of.classes, of.weights, all_rows(120), 3, {5, 3}, random);
    ASSERT_GE(tree.nodes[0].feature, 0);
    double most = 0;
    for (long feature = 0; feature < 3; ++feature) {
      std::vector<int> classes;
      std::vector<double> weights, values;
      for (size_t row = 0; row < 120; ++row) {
        const double value = of.data(static_cast<long>(row), feature);
        if (std::isnan(value)) continue;
        values.push_back(value);
        classes.push_back(of.classes[row]);
        weights.push_back(of.weights[row]);
      }
      const Matrix column =
          Eigen::Map<const Matrix>(values.data(), static_cast<long>(values.size()), 1);
      double all = 0, whole = 0;
      std::vector<double> sums(3, 0.0);
      for (size_t i = 0; i < values.size(); ++i) {
        sums[static_cast<size_t>(classes[i])] += weights[i];
        all += weights[i];
      }
      for (const double sum : sums) whole += sum * sum / all;
      for (double threshold = -4 + 1 / 16.0; threshold < 5; threshold += 1 / 8.0) {
        const auto left = std::count_if(values.begin(), values.end(),
                                        [&](double value) { return value <= threshold; });
        if (left < 5 || static_cast<long>(values.size()) - left < 5) continue;
        const double gain = gini_gain(column, classes, weights, 3, 0, threshold) - whole;
        most = std::max(most, gain);
        if (tree.nodes[0].feature != feature ||
            std::count_if(values.begin(), values.end(),
                          [&](double value) { return value <= tree.nodes[0].threshold; }) != left)
          continue;
        double left_weight = 0;
        for (size_t i = 0; i < values.size(); ++i)
          left_weight += values[i] <= threshold ? weights[i] : 0;
        EXPECT_NEAR(tree.nodes[0].left_part, left_weight / all, 0.5 / 255 + 1e-6);
        EXPECT_NEAR(gini_gain(column, classes, weights, 3, 0, tree.nodes[0].threshold) - whole,
                    gain, 1e-9);
        // Nothing else is better.
        for (long other = 0; other < 3; ++other) EXPECT_GE(gain, most - 1e-9);
      }
    }
  }
}

/// The parts in which a row ends in the leaves: all paths from a node, each with its part.
void naive_parts(const Tree& tree, size_t node, double part, const double* x,
                 const double* variance, double least, std::vector<double>& parts) {
  if (part <= least) return;
  const TreeNode& at = tree.nodes[node];
  if (at.feature < 0) {
    parts[at.right] += part;
    return;
  }
  const double value = x[at.feature];
  double left = value <= at.threshold ? 1.0 : 0.0;
  if (std::isnan(value))
    left = at.left_part;
  else if (variance && variance[at.feature] > 0)
    left = 0.5 * std::erfc((value - at.threshold) / std::sqrt(2 * variance[at.feature]));
  naive_parts(tree, node + 1, part * left, x, variance, least, parts);
  naive_parts(tree, at.right, part * (1 - left), x, variance, least, parts);
}

TEST(Tree, LeavesHoldThePartsOfTheRowsThatEndThere) {
  // Rows in parts are never small here, so that none is dropped.
  const GridRows of = grid_rows(600, 0.3, 7);
  RandomState random(3);
  const Tree tree = grow_tree(of.data, of.classes, of.weights, all_rows(600), 3, {60, 3}, random);
  const size_t leaves = tree.leaves.size() / 3;
  ASSERT_GE(leaves, 3u);
  Matrix sums = Matrix::Zero(static_cast<long>(leaves), 3);
  for (size_t row = 0; row < 600; ++row) {
    std::vector<double> parts(leaves, 0.0);
    naive_parts(tree, 0, 1, of.data.row(static_cast<long>(row)).data(), nullptr, 0, parts);
    for (size_t leaf = 0; leaf < leaves; ++leaf)
      sums(static_cast<long>(leaf), of.classes[row]) += of.weights[row] * parts[leaf];
  }
  for (size_t leaf = 0; leaf < leaves; ++leaf)
    for (size_t c = 0; c < 3; ++c)
      EXPECT_NEAR(tree.leaves[leaf * 3 + c] / 65535.0,
                  sums(static_cast<long>(leaf), static_cast<long>(c)) /
                      sums.row(static_cast<long>(leaf)).sum(),
                  1e-5);
}

TEST(Tree, FollowsAllBranchesWithWhatIsMissingOrUncertain) {
  const GridRows of = grid_rows(1000, 0.3, 8);
  for (const size_t least_rows : {200, 20}) {
    RandomState random(4);
    const Tree tree =
        grow_tree(of.data, of.classes, of.weights, all_rows(1000), 3, {least_rows, 0}, random);
    const size_t leaves = tree.leaves.size() / 3;
    ASSERT_GE(leaves, 3u);
    const double variance[] = {0.2, 0, 1};
    for (const double* extra : {static_cast<const double*>(nullptr), variance})
      for (long row = 0; row < 200; ++row) {
        std::vector<double> parts(leaves, 0.0), found(3, 0.0);
        naive_parts(tree, 0, 1, of.data.row(row).data(), extra, 0, parts);
        tree.add_probabilities(of.data.row(row).data(), extra, found);
        // Parts below a two hundredth are not split: a few of them go elsewhere.
        for (size_t c = 0; c < 3; ++c) {
          double expected = 0;
          for (size_t leaf = 0; leaf < leaves; ++leaf)
            expected += parts[leaf] * tree.leaves[leaf * 3 + c] / 65535.0;
          EXPECT_NEAR(found[c], expected, extra ? 0.03 : least_rows == 200 ? 1e-9 : 0.01);
        }
      }
  }
}

TEST(Tree, OfManyRowsIsThatOfEachRow) {
  const GridRows of = grid_rows(700, 0, 9);
  RandomState random(5);
  for (const size_t least_rows : {400, 50, 1}) {  // from a single leaf to long paths
    const Tree tree =
        grow_tree(of.data, of.classes, of.weights, all_rows(700), 3, {least_rows, 0}, random);
    EXPECT_EQ(tree.nodes.size() == 1, least_rows == 400);
    for (const size_t count : {1, 15, 16, 17, 333}) {
      std::vector<size_t> rows;
      for (size_t i = 0; i < count; ++i) rows.push_back(random.integer(700));
      std::vector<double> together(3 * count, 0.25);
      tree.add_probabilities(of.data, rows, 3, together);
      for (size_t i = 0; i < count; ++i) {
        std::vector<double> one(3, 0.25);
        tree.add_probabilities(of.data.row(static_cast<long>(rows[i])).data(), nullptr, one);
        EXPECT_EQ(std::vector(together.begin() + static_cast<long>(3 * i),
                              together.begin() + static_cast<long>(3 * i + 3)),
                  one);
      }
    }
  }
}

TEST(Tree, LearnsNothingFromWhatIsMissing) {
  // Class 0 always lacks the second feature; all values are noise.
  double with = 0, without = 0, count = 0;
  for (uint32_t seed = 1; seed <= 4; ++seed) {
    RandomState random(seed);
    Matrix data(600, 2);
    std::vector<int> classes;
    for (long row = 0; row < data.rows(); ++row) {
      classes.push_back(static_cast<int>(row % 2));
      data(row, 0) = random.normal();
      data(row, 1) = row % 2 ? random.normal() : nan;
    }
    const std::vector<double> weights(600, 1.0);
    for (int t = 0; t < 5; ++t) {
      const Tree tree = grow_tree(data, classes, weights, all_rows(600), 2, {3, 0}, random);
      for (int i = 0; i < 200; ++i) {
        const double x[] = {random.normal(), random.normal()};
        const double y[] = {x[0], nan};
        std::vector<double> of_x(2, 0.0), of_y(2, 0.0);
        tree.add_probabilities(x, nullptr, of_x);
        tree.add_probabilities(y, nullptr, of_y);
        with += of_x[0];
        without += of_y[0];
        ++count;
      }
    }
  }
  EXPECT_NEAR(with / count, 0.5, 0.06);
  EXPECT_NEAR(without / count, 0.5, 0.06);
}

}  // namespace
}  // namespace uhuru::method
