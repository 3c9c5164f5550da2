#include "uhuru/method/mixture/patterns.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>
#include <limits>

#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"

namespace uhuru::method {
namespace {

using Indices = std::vector<Eigen::Index>;
using Rows = std::vector<size_t>;

Matrix some_covariance(Eigen::Index d, RandomState& random) {
  Matrix factor(d, d);
  for (double& value : factor.reshaped()) value = random.normal();
  return factor * factor.transpose() + 0.3 * Matrix::Identity(d, d);
}

TEST(Patterns, AreInTheOrderOfTheirFirstRows) {
  constexpr double gap = std::numeric_limits<double>::quiet_NaN();
  Matrix data(6, 3);
  data << 1, gap, 3,  //
      gap, gap, gap,  // in none
      4, 5, 6,        //
      7, gap, 9,      //
      gap, gap, 10,   //
      11, 12, 13;
  const std::vector<Pattern> patterns = patterns_of(data);
  ASSERT_EQ(patterns.size(), 3u);
  EXPECT_EQ(patterns[0].present, (Indices{0, 2}));
  EXPECT_EQ(patterns[0].rows, (Rows{0, 3}));
  EXPECT_EQ(patterns[1].present, (Indices{0, 1, 2}));
  EXPECT_EQ(patterns[1].rows, (Rows{2, 5}));
  EXPECT_EQ(patterns[2].present, (Indices{2}));
  EXPECT_EQ(patterns[2].rows, (Rows{4}));
  EXPECT_EQ(patterns[0].values(data), (Matrix(2, 2) << 1, 3, 7, 9).finished());
  const std::vector<Pattern> some = patterns_of(data, Rows{1, 4, 5});
  ASSERT_EQ(some.size(), 2u);
  EXPECT_EQ(some[0].rows, (Rows{4}));
  EXPECT_EQ(some[1].rows, (Rows{5}));
  EXPECT_TRUE(patterns_of(Matrix(0, 3)).empty());
}

TEST(Patterns, HoldEachRowOnce) {
  RandomState random(1);
  Matrix data(500, 4);
  for (double& value : data.reshaped())
    value = random.uniform() < 0.4 ? std::nan("") : random.normal();
  std::vector<int> times(500, 0);
  for (const Pattern& pattern : patterns_of(data))
    for (const size_t row : pattern.rows) {
      ++times[row];
      Indices present;
      for (Eigen::Index f = 0; f < 4; ++f)
        if (!std::isnan(data(static_cast<long>(row), f))) present.push_back(f);
      EXPECT_EQ(pattern.present, present);
    }
  for (long row = 0; row < 500; ++row)
    EXPECT_EQ(times[static_cast<size_t>(row)], data.row(row).array().isNaN().all() ? 0 : 1);
}

TEST(Marginal, DropsWhatIsMissingAndWidensTheRest) {
  RandomState random(2);
  GaussianMixture mixture{(Vector(2) << 0.3, 0.7).finished(), Matrix(2, 4), {}};
  for (double& value : mixture.means.reshaped()) value = random.normal();
  for (int c = 0; c < 2; ++c) mixture.covariances.push_back(some_covariance(4, random));
  const GaussianMixture part = marginal(mixture, Indices{0, 1, 3}, std::vector<double>{0.5, 0, 2});
  EXPECT_EQ(part.weights, mixture.weights);
  const Indices features = {0, 1, 3};
  for (size_t c = 0; c < 2; ++c)
    for (long i = 0; i < 3; ++i) {
      EXPECT_EQ(part.means(static_cast<long>(c), i),
                mixture.means(static_cast<long>(c), features[static_cast<size_t>(i)]));
      for (long j = 0; j < 3; ++j)
        EXPECT_EQ(part.covariances[c](i, j),
                  mixture.covariances[c](features[static_cast<size_t>(i)],
                                         features[static_cast<size_t>(j)]) +
                      (i != j || i == 1 ? 0
                       : i == 0         ? 0.5
                                        : 2));
    }
  EXPECT_EQ(marginal(mixture, Indices{2}).covariances[1](0, 0), mixture.covariances[1](2, 2));
}

TEST(Expectation, IsThatOfTheConditionalGaussian) {
  RandomState random(3);
  const Matrix covariance = some_covariance(4, random);
  const Expectation found = expectation(covariance, Indices{0, 3});
  // The precision matrix has the conditional covariance as the inverse of its block.
  const Matrix precision = covariance.inverse();
  const Indices missing = {1, 2}, present = {0, 3};
  const Matrix block = precision(missing, missing);
  const Matrix c = block.inverse();
  const Matrix a = -c * precision(missing, present);
  EXPECT_LT((found.c(missing, missing) - c).norm(), 1e-10);
  EXPECT_LT((found.a(missing, Eigen::all) - a).norm(), 1e-10);
  EXPECT_EQ(Matrix(found.a(present, Eigen::all)), Matrix::Identity(2, 2));
  EXPECT_EQ(found.c(present, Eigen::all).norm(), 0);
  EXPECT_EQ(found.c(Eigen::all, present).norm(), 0);
  // With everything present, or independent features, nothing is learned of others.
  const Expectation all = expectation(covariance, Indices{0, 1, 2, 3});
  EXPECT_EQ(all.a, Matrix::Identity(4, 4));
  EXPECT_EQ(all.c.norm(), 0);
  const Expectation none = expectation(3 * Matrix::Identity(2, 2), Indices{1});
  EXPECT_EQ(none.a, (Matrix(2, 1) << 0, 1).finished());
  EXPECT_EQ(none.c, (Matrix(2, 2) << 3, 0, 0, 0).finished());
  EXPECT_EQ(testing::error_of([] {
              expectation(Matrix::Ones(3, 3), Indices{0, 1});
            }).message(),
            "a covariance is not positive definite");
}

}  // namespace
}  // namespace uhuru::method
