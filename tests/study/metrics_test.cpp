#include "uhuru/study/metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "study/random_predictions.hpp"

namespace uhuru {
namespace {

using testing::random_predictions;

std::vector<double> ones(const study::Predictions& predictions) {
  return std::vector<double>(predictions.rows(), 1.0);
}

/// The fraction of all pairs of a row with the label and one without in which the first has the
/// larger probability; ties count half.
double slow_auc(const study::Predictions& p, int label, const std::vector<double>& weights) {
  double won = 0;
  double pairs = 0;
  for (size_t i = 0; i < p.rows(); ++i)
    for (size_t j = 0; j < p.rows(); ++j) {
      if (p.truth[i] != label || p.truth[j] == label) continue;
      const double a = p.probabilities(static_cast<long>(i), label);
      const double b = p.probabilities(static_cast<long>(j), label);
      pairs += weights[i] * weights[j];
      won += weights[i] * weights[j] * (a > b ? 1 : a == b ? 0.5 : 0);
    }
  return won / pairs;
}

/// The mean, over the rows with the label, of the precision at their probability.
double slow_average_precision(const study::Predictions& p, int label,
                              const std::vector<double>& weights) {
  double sum = 0;
  double positives = 0;
  for (size_t i = 0; i < p.rows(); ++i) {
    if (p.truth[i] != label) continue;
    double right = 0;
    double all = 0;
    for (size_t j = 0; j < p.rows(); ++j)
      if (p.probabilities(static_cast<long>(j), label) >=
          p.probabilities(static_cast<long>(i), label)) {
        all += weights[j];
        right += p.truth[j] == label ? weights[j] : 0;
      }
    positives += weights[i];
    if (weights[i] > 0) sum += weights[i] * right / all;
  }
  return sum / positives;
}

TEST(RankedRows, AreasAreWhatCountingPairsGives) {
  for (const int decimals : {15, 1}) {
    const study::Predictions p = random_predictions(1, 150, 4, decimals);
    RandomState random(2);
    std::vector<double> weights;
    for (size_t i = 0; i < p.rows(); ++i) weights.push_back(std::max(0.0, random.normal()));
    for (int label = 0; label < 4; ++label)
      for (const auto& w : {ones(p), weights}) {
        const study::CurveAreas areas = study::RankedRows(p, static_cast<size_t>(label)).areas(w);
        EXPECT_NEAR(areas.roc_auc, slow_auc(p, label, w), 1e-12);
        EXPECT_NEAR(areas.average_precision, slow_average_precision(p, label, w), 1e-12);
      }
  }
}

TEST(RankedRows, CurvesEncloseTheAreas) {
  const study::Predictions p = random_predictions(3, 500, 3, 2);
  for (size_t label = 0; label < 3; ++label) {
    const study::RankedRows ranked(p, label);
    const study::Curve roc = ranked.roc(ones(p));
    const study::Curve precision_recall = ranked.precision_recall(ones(p));
    EXPECT_LE(roc.x.size(), 102u);  // a point for each distinct probability, and (0, 0)
    double auc = 0;
    for (size_t i = 1; i < roc.x.size(); ++i)
      auc += (roc.x[i] - roc.x[i - 1]) * (roc.y[i] + roc.y[i - 1]) / 2;
    EXPECT_NEAR(auc, ranked.areas(ones(p)).roc_auc, 1e-12);
    double average = 0;
    for (size_t i = 1; i < precision_recall.x.size(); ++i)
      average += (precision_recall.x[i - 1] - precision_recall.x[i]) * precision_recall.y[i - 1];
    EXPECT_NEAR(average, ranked.areas(ones(p)).average_precision, 1e-12);
    EXPECT_EQ(roc.y.back(), 1);
    EXPECT_EQ(precision_recall.x.front(), 1);
    EXPECT_EQ(precision_recall.y.back(), 1);
  }
}

TEST(RankedRows, HaveNoCurveWithOneLabelOnly) {
  study::Predictions p = random_predictions(4, 20, 2);
  p.truth.assign(20, 1);
  for (const size_t label : {0, 1}) {
    const study::RankedRows ranked(p, label);
    EXPECT_TRUE(std::isnan(ranked.areas(ones(p)).roc_auc));
    EXPECT_TRUE(std::isnan(ranked.areas(ones(p)).average_precision));
    EXPECT_TRUE(ranked.roc(ones(p)).x.empty());
    EXPECT_TRUE(ranked.precision_recall(ones(p)).x.empty());
  }
}

TEST(Scorer, WeightsAreCopiesOfRows) {
  const study::Predictions p = random_predictions(5, 300, 5, 2);
  RandomState random(6);
  std::vector<double> weights;
  std::vector<size_t> copies;
  for (size_t row = 0; row < p.rows(); ++row) {
    weights.push_back(static_cast<double>(random.integer(4)));
    copies.insert(copies.end(), static_cast<size_t>(weights.back()), row);
  }
  const study::Predictions repeated = study::select_rows(p, copies);
  const study::Scorer scorer(p);
  const study::Scorer repeated_scorer(repeated);
  EXPECT_EQ(scorer.confusion(weights), repeated_scorer.confusion(ones(repeated)));
  const auto found = scorer.scores(weights);
  const auto expected = repeated_scorer.scores(ones(repeated));
  std::vector<double> values, expected_values;
  study::visit_scores(found, [&](const char*, double value) { values.push_back(value); });
  study::visit_scores(expected,
                      [&](const char*, double value) { expected_values.push_back(value); });
  for (size_t c = 0; c < 5; ++c) {
    study::visit_label_scores(found.labels[c],
                              [&](const char*, double value) { values.push_back(value); });
    study::visit_label_scores(expected.labels[c],
                              [&](const char*, double value) { expected_values.push_back(value); });
  }
  ASSERT_EQ(values.size(), 7u + 25u);
  for (size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(values[i], expected_values[i], 1e-12);
}

study::Predictions by_hand() {
  study::Predictions p;
  p.labels = {"a", "b"};
  p.truth = {0, 0, 1, 1, 1};
  p.predicted = {0, 1, 1, 1, 0};
  p.probabilities.resize(5, 2);
  p.probabilities << 0.8, 0.2, 0.3, 0.7, 0, 1, 0.5, 0.5, 0.85, 0.15;
  return p;
}

TEST(Scorer, AgreesWithANumberedExample) {
  const study::Predictions p = by_hand();
  const study::Scorer scorer(p);
  const auto scores = scorer.scores(ones(p));
  EXPECT_DOUBLE_EQ(scores.accuracy, 0.6);
  EXPECT_DOUBLE_EQ(scores.balanced_accuracy, (1.0 / 2 + 2.0 / 3) / 2);
  EXPECT_DOUBLE_EQ(scores.macro_f1, (0.5 + 2.0 / 3) / 2);
  EXPECT_DOUBLE_EQ(scores.brier, 2 * (0.04 + 0.49 + 0 + 0.25 + 0.7225) / 5);
  EXPECT_NEAR(scores.log_loss,
              -(std::log(0.8) + std::log(0.3) + std::log(0.5) + std::log(0.15)) / 5, 1e-14);
  // The bins [0.5, 0.6): 0.5 right; [0.7, 0.8): 0.7 wrong; [0.8, 0.9): 0.8 right and 0.85 wrong;
  // [0.9, 1]: 1 right.
  EXPECT_NEAR(scores.calibration_error, (0.5 + 0.7 + 2 * std::abs(0.5 - 0.825) + 0) / 5, 1e-14);
  EXPECT_TRUE(std::isnan(scores.balanced_accuracy_equal_priors));
  const auto bins = scorer.reliability(ones(p));
  ASSERT_EQ(bins.size(), 10u);
  EXPECT_EQ(bins[5].count, 1);
  EXPECT_EQ(bins[7].count, 1);
  EXPECT_EQ(bins[8].count, 2);
  EXPECT_DOUBLE_EQ(bins[8].mean_probability, 0.825);
  EXPECT_EQ(bins[8].accuracy, 0.5);
  EXPECT_EQ(bins[9].count, 1);
  EXPECT_TRUE(std::isnan(bins[0].accuracy));
}

TEST(Scorer, TakesTheLargestProbabilityOverPrior) {
  study::Predictions p = by_hand();
  p.priors = Matrix(5, 2);
  p.priors.col(0).setConstant(0.75);
  p.priors.col(1).setConstant(0.25);
  // p / prior: (1.07, 0.8), (0.4, 2.8), (0, 4), (0.67, 2), (1.13, 0.6)
  EXPECT_DOUBLE_EQ(study::Scorer(p).scores(ones(p)).balanced_accuracy_equal_priors,
                   (1.0 / 2 + 2.0 / 3) / 2);
  p.priors.col(0).setConstant(0.9);
  p.priors.col(1).setConstant(0.1);  // (0.89, 2), …, (0.94, 1.5)
  EXPECT_DOUBLE_EQ(study::Scorer(p).scores(ones(p)).balanced_accuracy_equal_priors, 0.5);
  p.priors.col(1).setConstant(0);  // a label that was not learned is not predicted
  EXPECT_DOUBLE_EQ(study::Scorer(p).scores(ones(p)).balanced_accuracy_equal_priors, 0.5);
}

TEST(Scorer, SaysNothingOfNoRows) {
  const study::Predictions p = by_hand();
  const auto scores = study::Scorer(p).scores(std::vector<double>(5, 0.0));
  study::visit_scores(
      scores, [](const char* name, double value) { EXPECT_TRUE(std::isnan(value)) << name; });
}

}  // namespace
}  // namespace uhuru
