#include "uhuru/method/classify/calibration.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numeric>

#include "uhuru/base/numpy.hpp"
#include "uhuru/method/classify/evidence.hpp"

namespace uhuru::method {
namespace {

/// Rows whose classes are drawn from known probabilities, and an overconfident prediction: the
/// probabilities to the power `exponent`.
struct Drawn {
  Matrix truth, opinion;
  std::vector<int> classes;
};

Drawn draw(size_t rows, double exponent, uint32_t seed) {
  RandomState random(seed);
  Drawn drawn{Matrix(static_cast<long>(rows), 3), {}, {}};
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
  const Drawn drawn = draw(4000, 3, 1);
  const std::vector<double> weights(4000, 1.0);
  const Matrix useless = Matrix::Constant(4000, 3, 1.0 / 3);
  const auto calibration =
      fit_calibration(drawn.opinion, useless, drawn.classes, weights, Vector::Constant(3, 1.0 / 3),
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
  const Drawn drawn = draw(600, 0.4, 2);
  const Drawn other = draw(600, 1, 3);
  const std::vector<double> weights(600, 1.0);
  const Vector prior = Vector::Constant(3, 1.0 / 3);
  const auto best =
      fit_calibration(drawn.opinion, other.opinion, drawn.classes, weights, prior, {0, 0, 1});
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
  const auto calibration =
      fit_calibration(wrong, wrong, classes, weights, Vector::Constant(2, 0.5), {0, 2});
  EXPECT_GE(calibration.group_sharpness, 0);
  double p[2];
  calibration.apply(wrong.row(0).data(), wrong.row(0).data(), p);
  EXPECT_NEAR(p[0] + p[1], 1, 1e-12);
  EXPECT_NEAR(p[0], 0.5, 0.1);
}

TEST(Calibration, WithoutRowsLeavesTheMixtureAsItIs) {
  const auto calibration =
      fit_calibration(Matrix(0, 3), Matrix(0, 3), {}, {}, Vector::Constant(3, 1.0 / 3), {0, 0, 1});
  const double first[] = {0.5, 0.3, 0.2};
  double p[3];
  calibration.apply(first, first, p);
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(p[c], 0.99 * first[c] + 0.01 / 3, 1e-12);
}

TEST(Evidence, AddsUpAndStaysAPosterior) {
  Evidence evidence;
  evidence.learned = {ClassId(0), ClassId(1)};
  evidence.exponent = 1;
  evidence.prior_shift = 1;
  evidence.detection_prior = (Vector(2) << 0.8, 0.2).finished();
  evidence.source_prior = (Vector(2) << 0.5, 0.5).finished();
  const Matrix p = (Matrix(2, 2) << 0.6, 0.4, 0.9, 0.1).finished();
  const size_t both[] = {0, 1};
  double result[2];
  evidence.combine(p, both, result);
  const double a = 0.5 * (0.6 / 0.8) * (0.9 / 0.8);
  const double b = 0.5 * (0.4 / 0.2) * (0.1 / 0.2);
  EXPECT_NEAR(result[0], a / (a + b), 1e-12);
  evidence.exponent = 0;  // the mean of the logarithms
  evidence.prior_shift = 0;
  evidence.combine(p, both, result);
  const double c = std::sqrt(0.6 * 0.9);
  const double d = std::sqrt(0.4 * 0.1);
  EXPECT_NEAR(result[0], c / (c + d), 1e-12);
  // A quarter of the way from one prior to the other, for a single detection: p ρ^s π^-s.
  evidence.prior_shift = 0.25;
  evidence.combine(p, std::array{size_t{0}}, result);
  const double e = 0.6 * std::pow(0.5 / 0.8, 0.25);
  const double f = 0.4 * std::pow(0.5 / 0.2, 0.25);
  EXPECT_NEAR(result[0], e / (e + f), 1e-12);
  // A column without a learned class gets nothing.
  double three[3];
  evidence.learned = {ClassId(0), ClassId(2)};
  evidence.combine((Matrix(1, 3) << 0.6, 0, 0.4).finished(), std::array{size_t{0}}, three);
  EXPECT_NEAR(three[0], e / (e + f), 1e-12);
  EXPECT_EQ(three[1], 0);
  EXPECT_NEAR(three[2], f / (e + f), 1e-12);
}

TEST(Evidence, LearnsThePriorOfSources) {
  // Calibrated probabilities of detections, of which class 0 has 80 %. Sources have another prior,
  // or the same.
  const Vector prior = (Vector(2) << 0.8, 0.2).finished();
  for (const bool shifted : {true, false}) {
    RandomState random(5);
    Matrix p(4000, 2);
    std::vector<int> classes;
    std::vector<size_t> sources(4000);
    std::iota(sources.begin(), sources.end(), size_t{0});
    const double share_of_zero = shifted ? 0.3 : 0.8;
    for (long row = 0; row < p.rows(); ++row) {
      classes.push_back(random.uniform() < share_of_zero ? 0 : 1);
      const bool right = random.uniform() < 0.7;
      const double likelihood = (classes.back() == 0) == right ? 0.7 : 0.3;  // of class 0
      p(row, 0) = 0.8 * likelihood / (0.8 * likelihood + 0.2 * (1 - likelihood));
      p(row, 1) = 1 - p(row, 0);
    }
    const Evidence evidence =
        fit_evidence(p, classes, sources, prior, (Vector(2) << 0.3, 0.7).finished());
    EXPECT_EQ(evidence.prior_shift, shifted ? 1 : 0);
  }
}

TEST(Evidence, UsesEveryRow) {
  // The second of two detections makes the first more certain: evidence accumulates.
  const Matrix p = (Matrix(2, 2) << 0.9, 0.1, 0.99, 0.01).finished();
  const Vector half = Vector::Constant(2, 0.5);
  EXPECT_EQ(fit_evidence(p, std::vector{0, 0}, std::vector<size_t>{0, 0}, half, half).exponent, 1);
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
    const Evidence evidence = fit_evidence(p, classes, sources, half, half);
    EXPECT_NEAR(evidence.exponent, independent ? 1.0 : 0.0, 0.11);
  }
}

}  // namespace
}  // namespace uhuru::method
