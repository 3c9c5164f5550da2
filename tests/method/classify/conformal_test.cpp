#include "uhuru/method/classify/conformal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "uhuru/base/matrix.hpp"
#include "uhuru/base/numpy.hpp"

namespace uhuru::method {
namespace {

TEST(HeldOutScores, CountThoseThatFitNoBetter) {
  RandomState random(1);
  std::vector<double> scores;
  for (int i = 0; i < 500; ++i) scores.push_back(std::round(100 * random.uniform()) / 100);
  const HeldOutScores held(scores);
  EXPECT_EQ(held.count(), 500u);
  for (double at = -0.005; at < 1.02; at += 0.005) {
    double no_better = 0;
    for (const double score : scores) no_better += score <= at;
    EXPECT_NEAR(held.p_value(at), (no_better + 1) / 501, 1e-12);
  }
  for (const double at : scores) {
    double no_better = 0;
    for (const double score : scores) no_better += score <= at;
    EXPECT_NEAR(held.p_value(at), (no_better + 1) / 501, 1e-12);
  }
  EXPECT_EQ(HeldOutScores().p_value(0), 1);
  EXPECT_EQ(HeldOutScores(std::vector<double>{}).p_value(0), 1);
}

TEST(HeldOutScores, KeepQuantilesOfMany) {
  RandomState random(2);
  std::vector<double> scores;
  for (int i = 0; i < 7001; ++i) scores.push_back(random.normal());
  const HeldOutScores held(scores);
  EXPECT_EQ(held.count(), 7001u);
  EXPECT_EQ(held.values().size(), 2000u);
  EXPECT_EQ(held.values().front(), *std::min_element(scores.begin(), scores.end()));
  EXPECT_EQ(held.values().back(), *std::max_element(scores.begin(), scores.end()));
  for (double at = -4; at < 4; at += 0.1) {
    double no_better = 0;
    for (const double score : scores) no_better += score <= at;
    EXPECT_NEAR(held.p_value(at), (no_better + 1) / 7002, 1.1 / 2000);
  }
  // As they come back from a file.
  const HeldOutScores again(held.values(), held.count());
  EXPECT_EQ(again.p_value(0.3), held.p_value(0.3));
}

TEST(ClassesInSet, AreThoseThatCannotBeExcluded) {
  const std::vector<HeldOutScores> ratios = {HeldOutScores({0.1, 0.2, 0.4, 0.8}),
                                             HeldOutScores({0.9, 0.9, 0.9, 1.0}), HeldOutScores()};
  const std::vector<size_t> group_of = {0, 0, 1, 2, 0};
  // Ratios 1, 0.3, 0.5, 0.001, 0: of four in group 0, two fit no better than 0.3: 3/5.
  const std::vector<double> p = {0.5, 0.15, 0.25, 0.0005, 0};
  EXPECT_DOUBLE_EQ(ratio_of(p, 1), 0.3);
  EXPECT_EQ(classes_in_set(p, group_of, ratios, 0.5),
            (std::vector<bool>{true, true, false, true, false}));
  EXPECT_EQ(classes_in_set(p, group_of, ratios, 0.3),
            (std::vector<bool>{true, false, false, true, false}));
  EXPECT_EQ(classes_in_set(p, group_of, ratios, 0.9),
            (std::vector<bool>{true, true, true, true, false}));
  // The most probable class is one of them whatever the coverage; a class that was excluded never.
  EXPECT_TRUE(classes_in_set(p, group_of, ratios, 0)[0]);
  EXPECT_FALSE(classes_in_set(p, group_of, ratios, 1)[4]);
  EXPECT_EQ(ratio_of(std::vector<double>{0, 0}, 0), 0);
}

/// Probabilities of five classes in two groups, and the class of each row. Group 1 is harder than
/// it seems.
struct Exchangeable {
  Matrix probabilities;
  std::vector<size_t> classes;
};

Exchangeable exchangeable(long rows, RandomState& random) {
  Exchangeable result{Matrix(rows, 5), {}};
  for (long row = 0; row < rows; ++row) {
    const auto truth = static_cast<size_t>(random.integer(5));
    result.classes.push_back(truth);
    for (long c = 0; c < 5; ++c) result.probabilities(row, c) = std::exp(random.normal());
    result.probabilities(row, static_cast<long>(truth)) *= truth < 2 ? 4 : 1.5;
    result.probabilities.row(row) /= result.probabilities.row(row).sum();
  }
  return result;
}

TEST(ClassesInSet, CoverEachGroupAsOftenAsPromised) {
  RandomState random(3);
  const std::vector<size_t> group_of = {0, 0, 1, 1, 1};
  const Exchangeable held = exchangeable(5000, random), asked = exchangeable(20000, random);
  const auto row_of = [](const Matrix& p, size_t row) {
    return std::span(p.row(static_cast<long>(row)).data(), 5);
  };
  std::vector<std::vector<double>> ratios(2);
  for (size_t row = 0; row < held.classes.size(); ++row)
    ratios[group_of[held.classes[row]]].push_back(
        ratio_of(row_of(held.probabilities, row), held.classes[row]));
  const std::vector<HeldOutScores> scores = {HeldOutScores(ratios[0]), HeldOutScores(ratios[1])};
  for (const double coverage : {0.8, 0.9, 0.95}) {
    std::vector<double> covered(2, 0.0), count(2, 0.0);
    for (size_t row = 0; row < asked.classes.size(); ++row) {
      const auto p = row_of(asked.probabilities, row);
      const auto in_set = classes_in_set(p, group_of, scores, coverage);
      EXPECT_TRUE(in_set[static_cast<size_t>(std::max_element(p.begin(), p.end()) - p.begin())]);
      const size_t truth = asked.classes[row];
      covered[group_of[truth]] += in_set[truth];
      count[group_of[truth]] += 1;
    }
    for (size_t g = 0; g < 2; ++g) {
      // The errors of both samples: which threshold was found, and how often it was met.
      const double sigma = std::sqrt(coverage * (1 - coverage) *
                                     (1 / count[g] + 1 / static_cast<double>(ratios[g].size())));
      EXPECT_NEAR(covered[g] / count[g], coverage, 3 * sigma + 1.0 / 2000);
    }
  }
}

}  // namespace
}  // namespace uhuru::method
