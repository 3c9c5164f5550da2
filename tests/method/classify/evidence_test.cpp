#include "uhuru/method/classify/evidence.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "uhuru/base/numpy.hpp"

namespace uhuru::method {
namespace {

/// The formula as it is written, in long double.
std::vector<double> naive_evidence(const Evidence& evidence, const Matrix& p,
                                   const std::vector<size_t>& rows) {
  const auto n = static_cast<long double>(rows.size());
  std::vector<long double> products;
  long double sum = 0;
  for (size_t l = 0; l < evidence.learned.size(); ++l) {
    const auto i = static_cast<long>(l);
    const long double prior = evidence.prior[i];
    long double product = 1;
    for (const size_t row : rows)
      product *= static_cast<long double>(
                     p(static_cast<long>(row), static_cast<long>(evidence.learned[l]))) /
                 prior;
    products.push_back(prior * std::pow(n, static_cast<long double>(evidence.slope[i])) *
                       std::pow(product, std::pow(n, evidence.exponent - 1.0L)));
    sum += products.back();
  }
  std::vector<double> result(static_cast<size_t>(p.cols()), 0.0);
  for (size_t l = 0; l < products.size(); ++l)
    result[number_of(evidence.learned[l])] = static_cast<double>(products[l] / sum);
  return result;
}

/// Four columns, of which the third is of a class not learned.
Matrix random_posteriors(long rows, RandomState& random) {
  Matrix p(rows, 4);
  for (long row = 0; row < rows; ++row) {
    for (long c = 0; c < 4; ++c) p(row, c) = c == 2 ? 0 : std::exp(2 * random.normal());
    p.row(row) /= p.row(row).sum();
  }
  return p;
}

Evidence some_evidence() {
  return {0.4,
          (Vector(3) << 0.5, -0.7, 0.1).finished(),
          (Vector(3) << 0.5, 0.3, 0.2).finished(),
          {ClassId(0), ClassId(1), ClassId(3)}};
}

TEST(Evidence, IsTheFormula) {
  RandomState random(1);
  const Matrix p = random_posteriors(60, random);
  Evidence evidence = some_evidence();
  for (const double exponent : {0.0, 0.4, 1.0}) {
    evidence.exponent = exponent;
    for (const size_t count : {1, 2, 7, 60}) {
      std::vector<size_t> rows;
      for (size_t i = 0; i < count; ++i) rows.push_back(random.integer(60));
      std::vector<double> found(4, -1.0);
      evidence.combine(p, rows, found.data());
      const std::vector<double> expected = naive_evidence(evidence, p, rows);
      EXPECT_EQ(found[2], 0);
      for (size_t c = 0; c < 4; ++c) EXPECT_NEAR(found[c], expected[c], 1e-12);
    }
  }
}

TEST(Evidence, OfOneDetectionIsThatDetection) {
  RandomState random(2);
  const Matrix p = random_posteriors(50, random);
  for (size_t row = 0; row < 50; ++row) {
    double found[4];
    some_evidence().combine(p, std::array{row}, found);
    for (long c = 0; c < 4; ++c) EXPECT_NEAR(found[c], p(static_cast<long>(row), c), 1e-12);
  }
}

TEST(Evidence, OfAnExcludedClassIsNothing) {
  RandomState random(3);
  const Matrix p = random_posteriors(5, random);
  Evidence evidence = some_evidence();
  evidence.prior << 0.6, 0, 0.4;
  double found[4];
  evidence.combine(p, std::array<size_t, 3>{0, 1, 4}, found);
  EXPECT_EQ(found[1], 0);
  EXPECT_NEAR(found[0] + found[3], 1, 1e-12);
  // Classes that a detection makes impossible, even all of them, do no harm.
  evidence.combine(Matrix::Zero(3, 4), std::array<size_t, 2>{0, 1}, found);
  EXPECT_NEAR(found[0] + found[3], 1, 1e-12);
  // Nor do more detections than a product of doubles can hold.
  const std::vector<size_t> many(5000, 2);
  evidence.exponent = 1;
  evidence.combine(p, many, found);
  EXPECT_NEAR(found[0] + found[3], 1, 1e-12);
}

TEST(Evidence, UsesEveryRow) {
  // The second of two detections makes the first more certain: evidence accumulates.
  const Matrix p = (Matrix(2, 2) << 0.9, 0.1, 0.99, 0.01).finished();
  const Vector half = Vector::Constant(2, 0.5);
  EXPECT_EQ(fit_evidence(p, std::vector{0, 0}, std::vector<size_t>{0, 0},
                         std::vector<double>{0.5, 0.5}, half, std::vector<size_t>{0, 0})
                .exponent,
            1);
}

TEST(Evidence, LearnsWhetherDetectionsAreIndependent) {
  // Sources of class 0 or 1 with five detections, each of which is right with 70 %; their errors
  // are independent, or common to all.
  for (const bool independent : {true, false}) {
    RandomState random(7);
    Matrix p(5000, 2);
    std::vector<int> classes;
    std::vector<size_t> sources;
    for (size_t source = 0; source < 1000; ++source) {
      const int truth = static_cast<int>(random.integer(2));
      bool right = random.uniform() < 0.7;
      for (int i = 0; i < 5; ++i) {
        if (independent) right = random.uniform() < 0.7;
        const auto row = static_cast<long>(classes.size());
        p(row, truth) = right ? 0.7 : 0.3;
        p(row, 1 - truth) = 1 - p(row, truth);
        classes.push_back(truth);
        sources.push_back(source);
      }
    }
    const Vector half = Vector::Constant(2, 0.5);
    const Evidence evidence = fit_evidence(p, classes, sources, std::vector<double>(5000, 0.2),
                                           half, std::vector<size_t>{0, 1});
    EXPECT_NEAR(evidence.exponent, independent ? 1.0 : 0.0, 0.11);
    EXPECT_LT(evidence.slope.norm(), 0.15);
  }
}

TEST(Evidence, LearnsHowMuchMoreOftenAGroupHasManyDetections) {
  // The number of detections follows n^-2.5 for the two classes of group 0, and n^-1.5 for that of
  // group 1: its odds are proportional to n. The detections themselves say nothing but the class
  // within group 0, a little.
  constexpr size_t source_count = 6000;
  constexpr int most = 30;
  RandomState random(11);
  const auto draw_count = [&](double power) {
    double sum = 0;
    for (int n = 1; n <= most; ++n) sum += std::pow(n, -power);
    double at = sum * random.uniform();
    int n = 1;
    while (n < most && (at -= std::pow(n, -power)) > 0) ++n;
    return n;
  };
  std::vector<int> classes;
  std::vector<size_t> sources;
  std::vector<double> weights, values;
  // The odds of a source with one detection, which is what a detection's probabilities are of.
  std::array<double, 2> once = {0, 0};
  for (int n = 1; n <= most; ++n) {
    once[0] += std::pow(n, -2.5);
    once[1] += std::pow(n, -1.5);
  }
  const double first = (1 / once[0]) / (1 / once[0] + 1 / once[1]);
  Vector prior(3);
  prior << 0.5 * first, 0.5 * first, 1 - first;
  for (size_t source = 0; source < source_count; ++source) {
    const int truth = random.uniform() < 0.5 ? 2 : static_cast<int>(random.integer(2));
    const int count = draw_count(truth == 2 ? 1.5 : 2.5);
    for (int i = 0; i < count; ++i) {
      const double of_zero =
          (truth == 2 ? random.uniform() < 0.5 : (truth == 0) == (random.uniform() < 0.6)) ? 0.6
                                                                                           : 0.4;
      for (const double p : {first * of_zero, first * (1 - of_zero), 1 - first})
        values.push_back(p);
      classes.push_back(truth);
      sources.push_back(source);
      weights.push_back(1.0 / count);
    }
  }
  const Matrix p = Eigen::Map<const Matrix>(values.data(), static_cast<long>(classes.size()), 3);
  const std::vector<size_t> group_of = {0, 0, 1};
  const Evidence evidence = fit_evidence(p, classes, sources, weights, prior, group_of);
  EXPECT_EQ(evidence.slope[0], evidence.slope[1]);
  EXPECT_NEAR(evidence.slope[2] - evidence.slope[0], 1, 0.12);
  EXPECT_NEAR(evidence.exponent, 1, 0.15);
  // Its neighbours have a larger loss.
  std::vector<std::vector<size_t>> rows_of(source_count);
  for (size_t row = 0; row < sources.size(); ++row) rows_of[sources[row]].push_back(row);
  const auto loss = [&](const Evidence& at) {
    double sum = 0.01 * (at.slope[0] * at.slope[0] + at.slope[2] * at.slope[2]) * source_count;
    double found[3];
    for (const auto& rows : rows_of) {
      at.combine(p, rows, found);
      sum -= std::log(found[classes[rows[0]]]);
    }
    return sum;
  };
  for (const double step : {-0.02, 0.02}) {
    Evidence near = evidence;
    near.slope[2] += step;
    EXPECT_GT(loss(near), loss(evidence));
    near = evidence;
    near.slope.head(2).array() += step;
    EXPECT_GT(loss(near), loss(evidence));
  }
}

}  // namespace
}  // namespace uhuru::method
