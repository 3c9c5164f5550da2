#include "uhuru/method/classify/bayes.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"

namespace uhuru::method {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Two classes that overlap in the first of two dimensions, and one with a single source; one
/// cluster.
LabelledRows two_classes(size_t sources_each, uint32_t seed) {
  RandomState random(seed);
  LabelledRows rows;
  std::vector<double> values;
  const auto add = [&](int c, double center, size_t source) {
    values.push_back(center + random.normal());
    values.push_back(random.normal());
    rows.classes.push_back(ClassId(c));
    rows.sources.push_back(source);
  };
  for (size_t source = 0; source < 2 * sources_each; ++source)
    for (size_t detection = 0; detection <= source % 3; ++detection)
      add(source < sources_each ? 0 : 1, source < sources_each ? 0 : 2, source);
  for (int detection = 0; detection < 5; ++detection) add(3, 5, 2 * sources_each);
  rows.data = Eigen::Map<const Matrix>(values.data(), static_cast<long>(rows.classes.size()), 2);
  return rows;
}

const GaussianMixture one_cluster{
    Vector::Ones(1), (Matrix(1, 2) << 1, 0).finished(), {2 * Matrix::Identity(2, 2)}};

BayesClassifier trained(const LabelledRows& rows, int threads = 1) {
  BayesSettings settings;
  settings.replicates = 10;
  return train_bayes(rows, one_cluster, {0, 1, 1, 2}, settings, false, 1, Threads(threads));
}

TEST(Bayes, PosteriorsComeNearTheTruth) {
  const BayesClassifier classifier = trained(two_classes(400, 1));
  EXPECT_EQ(classifier.learned, (std::vector{ClassId(0), ClassId(1), ClassId(3)}));
  const BayesDensity density(classifier, {});
  const Matrix x = (Matrix(5, 2) << -1, 0, 0, 0, 1, 0, 2, 0, 3, 0).finished();
  const Matrix p = density(x, {}, Threads(1)).probabilities;
  for (long row = 0; row < x.rows(); ++row) {
    EXPECT_NEAR(p.row(row).sum(), 1, 1e-12);
    const double odds = std::exp(-0.5 * x(row, 0) * x(row, 0) + 0.5 * std::pow(x(row, 0) - 2, 2));
    EXPECT_NEAR(p(row, 0) / (p(row, 0) + p(row, 1)), odds / (1 + odds), 0.1);
    EXPECT_GT(p(row, 2),
              0);  // the class with one source is neither dropped nor predicted everywhere
    EXPECT_LT(p(row, 2), 0.2);
  }
}

TEST(Bayes, IntegratesOutWhatIsMissingAndTakesErrorsIntoAccount) {
  BayesClassifier classifier = trained(two_classes(400, 2));
  EXPECT_EQ(classifier.typical_variance, Vector::Zero(2));
  classifier.typical_variance = Vector::Constant(2, 0.01);
  const BayesDensity density(classifier, {});
  const Matrix x = (Matrix(5, 2) << -1, 0, -1, nan, nan, 0, nan, nan, -1, 0).finished();
  Matrix variance = Matrix::Zero(5, 2);
  variance(4, 0) = 100;  // as good as missing
  const Matrix p = density(x, variance, Threads(1)).probabilities;
  EXPECT_NEAR(p(1, 0), p(0, 0), 0.1);  // the second feature carries no information
  EXPECT_GT(p(0, 0), 0.85);
  EXPECT_NEAR(p(2, 0), 0.5, 0.1);
  EXPECT_NEAR(p(3, 0), 0.5, 0.1);
  EXPECT_NEAR(p(4, 0), p(2, 0), 0.12);
  // Errors as small as those of the training change nothing.
  EXPECT_EQ(density(x.topRows(1), Matrix::Constant(1, 2, 0.01), Threads(1)).probabilities,
            p.topRows(1));
}

TEST(Bayes, LearnsFromVeryLittle) {
  LabelledRows rows;
  rows.data = (Matrix(2, 2) << 0, 0, 3, 0).finished();
  rows.classes = {ClassId(0), ClassId(1)};
  rows.sources = {0, 1};
  const BayesClassifier classifier = trained(rows);
  const Matrix p = BayesDensity(classifier, {})(rows.data, {}, Threads(1)).probabilities;
  for (long row = 0; row < 2; ++row) EXPECT_NEAR(p.row(row).sum(), 1, 1e-12);
  EXPECT_NEAR(p(0, 0), 0.5, 0.2);  // two detections teach almost nothing
  EXPECT_EQ(testing::error_of([] { trained({}); }).message(), "no class can be learned");
}

TEST(Bayes, TakesTheMedianErrorAsTypical) {
  Matrix variance = Matrix::Zero(20, 2);
  for (const auto& [row, value] : {std::pair{0, 9}, {1, 1}, {2, 4}, {3, 3}, {4, 2}})
    variance(row, 0) = value;  // 0: unknown
  EXPECT_EQ(typical_variance(variance, 2), (Vector(2) << 3, 0).finished());
  EXPECT_EQ(typical_variance(Matrix(), 2), Vector::Zero(2));
}

}  // namespace
}  // namespace uhuru::method
