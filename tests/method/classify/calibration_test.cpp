#include "uhuru/method/classify/calibration.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "uhuru/base/numpy.hpp"

namespace uhuru::method {
namespace {

/// Rows whose classes are drawn from known probabilities, and an overconfident prediction: the
/// probabilities to the power `exponent`.
struct Simulated {
  Matrix truth, opinion;
  std::vector<int> classes;
};

Simulated draw(size_t rows, double exponent, uint32_t seed) {
  RandomState random(seed);
  Simulated drawn{Matrix(static_cast<long>(rows), 3), {}, {}};
  for (long row = 0; row < drawn.truth.rows(); ++row) {
    for (long c = 0; c < 3; ++c) drawn.truth(row, c) = std::exp(1.2 * random.normal());
    drawn.truth.row(row) /= drawn.truth.row(row).sum();
    double at = random.uniform();
    int c = 0;
    while (c < 2 && (at -= drawn.truth(row, c)) > 0) ++c;
    drawn.classes.push_back(c);
  }
  drawn.opinion = drawn.truth.array().pow(exponent);
  for (long row = 0; row < drawn.opinion.rows(); ++row)
    drawn.opinion.row(row) /= drawn.opinion.row(row).sum();
  return drawn;
}

double log_loss(const Calibration& calibration, const Matrix& first, const Matrix& second,
                const std::vector<int>& classes) {
  double sum = 0;
  double p[3];
  for (long row = 0; row < first.rows(); ++row) {
    calibration.apply(first.row(row).data(), second.row(row).data(), p);
    EXPECT_NEAR(p[0] + p[1] + p[2], 1, 1e-12);
    sum -= std::log(p[classes[static_cast<size_t>(row)]]);
  }
  return sum / static_cast<double>(first.rows());
}

TEST(Calibration, TakesBackWhatWasTooSure) {
  const Simulated drawn = draw(4000, 3, 1);
  const std::vector<double> weights(4000, 1.0);
  const Matrix useless = Matrix::Constant(4000, 3, 1.0 / 3);
  const auto calibration = fit_calibration(drawn.opinion, useless, drawn.classes, weights, weights,
                                           Vector::Constant(3, 1.0 / 3), Vector::Ones(3),
                                           {0, 1, 2});  // each class is a group
  EXPECT_EQ(calibration.first_part, 1);
  EXPECT_NEAR(calibration.group_sharpness, 1.0 / 3, 0.05);
  double truth = 0;
  for (long row = 0; row < 4000; ++row)
    truth -= std::log(drawn.truth(row, drawn.classes[static_cast<size_t>(row)])) / 4000;
  // The share of the prior that each class keeps costs a hundredth.
  EXPECT_NEAR(log_loss(calibration, drawn.opinion, useless, drawn.classes), truth, 0.015);
}

TEST(Calibration, IsTheBestOfItsNeighbours) {
  const Simulated drawn = draw(600, 0.4, 2);
  const Simulated other = draw(600, 1, 3);
  const std::vector<double> weights(600, 1.0);
  const Vector prior = Vector::Constant(3, 1.0 / 3);
  const auto best = fit_calibration(drawn.opinion, other.opinion, drawn.classes, weights, weights,
                                    prior, (Vector(3) << 1.3, 0.8, 1).finished(), {0, 0, 1});
  // The objective: the log loss between and within groups, and the penalties.
  const auto objective = [&](Calibration c) {
    double sum = 0.006 * (c.group_offset.squaredNorm() + c.class_offset.squaredNorm()) +
                 0.002 * (std::pow(c.group_sharpness - 1, 2) + std::pow(c.class_sharpness - 1, 2));
    c.prior = prior;
    for (long row = 0; row < 600; ++row) {
      double p[3];
      c.apply(drawn.opinion.row(row).data(), other.opinion.row(row).data(), p);
      for (double& value : p)
        value = (value - Calibration::prior_part / 3) / (1 - Calibration::prior_part);
      sum -= std::log(p[drawn.classes[static_cast<size_t>(row)]]) / 600;
    }
    return sum;
  };
  const double least = objective(best);
  for (const double step : {-0.05, 0.05}) {
    Calibration near = best;
    near.group_sharpness += step;
    EXPECT_GT(objective(near), least);
    near = best;
    near.class_sharpness += step;
    EXPECT_GT(objective(near), least);
    near = best;
    near.class_offset[0] += step;
    EXPECT_GT(objective(near), least);
    near = best;
    near.group_offset[1] += step;
    EXPECT_GT(objective(near), least);
  }
}

TEST(Calibration, OfGroupsWithoutALearnedClassGivesThemNothing) {
  // Predictions that are the opposite of the truth, and a group (1) none of whose classes was
  // learned.
  Matrix wrong(200, 2);
  std::vector<int> classes;
  for (long row = 0; row < 200; ++row) {
    classes.push_back(static_cast<int>(row % 2));
    wrong(row, row % 2) = 0.2;
    wrong(row, 1 - row % 2) = 0.8;
  }
  const std::vector<double> weights(200, 1.0);
  const auto calibration = fit_calibration(wrong, wrong, classes, weights, weights,
                                           Vector::Constant(2, 0.5), Vector::Ones(2), {0, 2});
  EXPECT_GE(calibration.group_sharpness, 0);
  double p[2];
  calibration.apply(wrong.row(0).data(), wrong.row(0).data(), p);
  EXPECT_NEAR(p[0] + p[1], 1, 1e-12);
  EXPECT_NEAR(p[0], 0.5, 0.1);
}

TEST(Calibration, WithoutRowsLeavesTheMixtureAsItIs) {
  const auto calibration =
      fit_calibration(Matrix(0, 3), Matrix(0, 3), {}, {}, {}, Vector::Constant(3, 1.0 / 3),
                      (Vector(3) << 2, 1, 0.5).finished(), {0, 0, 1});
  // But for its prior, which is shifted: 2 × 0.5 : 0.3 : 0.5 × 0.2.
  const double first[] = {0.5, 0.3, 0.2};
  const double shifted[] = {1 / 1.4, 0.3 / 1.4, 0.1 / 1.4};
  double p[3];
  calibration.apply(first, first, p);
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(p[c], 0.99 * shifted[c] + 0.01 / 3, 1e-12);
}

}  // namespace
}  // namespace uhuru::method
