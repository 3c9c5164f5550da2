// Learning of the method bayes: what must not change what is learned, and what may.
#include <gtest/gtest.h>

#include <cmath>

#include "uhuru/base/numpy.hpp"
#include "uhuru/method/classify/bayes.hpp"
#include "uhuru/method/fit.hpp"
#include "uhuru/method/predict.hpp"

namespace uhuru::method {
namespace {

const GaussianMixture round_cluster{
    Vector::Ones(1), (Matrix(1, 2) << 1, 0).finished(), {2 * Matrix::Identity(2, 2)}};

/// Two classes apart in the first of two features; `each` sources of both with one detection.
LabelledRows two_apart(size_t each, uint32_t seed) {
  RandomState random(seed);
  LabelledRows rows;
  rows.data = Matrix(static_cast<long>(2 * each), 2);
  for (size_t row = 0; row < 2 * each; ++row) {
    const auto r = static_cast<long>(row);
    rows.data.row(r) << (row % 2 ? 2.0 : 0.0) + random.normal(), random.normal();
    rows.classes.push_back(ClassId(row % 2));
    rows.sources.push_back(row);
  }
  return rows;
}

BayesSettings cheap() {
  BayesSettings settings;
  settings.replicates = 3;
  settings.trees = 2;
  return settings;
}

const Matrix asked = (Matrix(6, 2) << -1, 0, 0, 1, 1, 0, 2, -1, 3, 0, 1.5, 2).finished();

Matrix probabilities(const BayesClassifier& classifier, const Matrix& x, Drawn drawn) {
  return BayesDensity(classifier, {drawn, {}})(x, {}, Threads(1)).probabilities;
}

TEST(TrainBayes, IsTheSameAtAnyNumberOfThreads) {
  LabelledRows rows = two_apart(100, 3);
  for (long row = 0; row < 200; row += 3) rows.data(row, row % 2) = std::nan("");
  for (const bool informs : {false, true}) {
    const auto train = [&](int threads) {
      return train_bayes(rows, round_cluster, {0, 1}, cheap(), informs, 1, Threads(threads));
    };
    const BayesClassifier one = train(1), four = train(4);
    for (const Drawn drawn : {Drawn::sources, Drawn::detections}) {
      EXPECT_EQ(BayesDensity(four, {drawn, {}})(rows.data, {}, Threads(4)).probabilities,
                probabilities(one, rows.data, drawn));
      EXPECT_EQ(one.answer(drawn).calibration.class_offset,
                four.answer(drawn).calibration.class_offset);
      for (size_t g = 0; g < 2; ++g)
        EXPECT_EQ(one.answer(drawn).ratios[g].values(), four.answer(drawn).ratios[g].values());
    }
    for (size_t g = 0; g < 2; ++g)
      EXPECT_EQ(one.typicality[g].values(), four.typicality[g].values());
    EXPECT_EQ(one.informing.size(), informs ? 2u : 0u);
  }
}

TEST(TrainBayes, CountsSourcesOrDetections) {
  // Class 0: a third of the sources, which have four detections each.
  LabelledRows rows;
  RandomState random(1);
  rows.data = Matrix(360, 2);
  for (size_t row = 0; row < 360; ++row) {
    const bool first = row < 240;
    rows.classes.push_back(ClassId(first ? 0 : 1));
    rows.sources.push_back(first ? row / 4 : row - 180);
    rows.data.row(static_cast<long>(row)) << random.normal(), random.normal();
  }
  const BayesClassifier classifier =
      train_bayes(rows, round_cluster, {0, 1}, cheap(), false, 1, Threads(2));
  // One is added to the count of each class.
  EXPECT_NEAR(classifier.prior({})[0], 61 / 182.0, 1e-12);
  EXPECT_NEAR(classifier.prior({Drawn::detections, {}})[0], 241 / 362.0, 1e-12);
  // The features say nothing: detections are as probable as they occur.
  EXPECT_NEAR(probabilities(classifier, rows.data, Drawn::sources).col(0).mean(), 61 / 182.0, 0.1);
  EXPECT_NEAR(probabilities(classifier, rows.data, Drawn::detections).col(0).mean(), 241 / 362.0,
              0.1);
}

TEST(TrainBayes, LetsNoSourceSpeakForItsClass) {
  // One source of class 0, in a place of its own, with one detection or with forty.
  const LabelledRows once = two_apart(150, 5);
  LabelledRows often = once;
  often.data.conservativeResize(339, 2);
  for (long row = 300; row < 339; ++row) {
    often.data.row(row) = once.data.row(0);
    often.classes.push_back(ClassId(0));
    often.sources.push_back(0);
  }
  BayesSettings settings;
  settings.replicates = 20;
  const auto train = [&](const LabelledRows& rows) {
    return train_bayes(rows, round_cluster, {0, 1}, settings, false, 1, Threads(2));
  };
  const BayesClassifier of_once = train(once), of_often = train(often);
  EXPECT_LT((of_once.prior({}) - of_often.prior({})).norm(), 1e-12);
  const Matrix p = probabilities(of_once, asked, Drawn::sources);
  const Matrix q = probabilities(of_often, asked, Drawn::sources);
  EXPECT_LT((p - q).cwiseAbs().maxCoeff(), 0.06);
  EXPECT_LT((p - q).cwiseAbs().mean(), 0.02);
  EXPECT_GT(p(0, 0), 0.8);
  EXPECT_GT(p(4, 1), 0.8);
}

TEST(TrainBayes, LearnsFromWhatIsMissingOnlyIfAsked) {
  // All values are noise, but class 0 always lacks the second feature.
  RandomState random(7);
  LabelledRows rows;
  rows.data = Matrix(600, 2);
  for (size_t row = 0; row < 600; ++row) {
    rows.classes.push_back(ClassId(row % 2));
    rows.sources.push_back(row);
    rows.data.row(static_cast<long>(row)) << 1 + random.normal(),
        row % 2 ? random.normal() : std::nan("");
  }
  Matrix with(100, 2);
  for (long row = 0; row < 100; ++row) with.row(row) << 1 + random.normal(), random.normal();
  Matrix without = with;
  without.col(1).setConstant(std::nan(""));
  BayesSettings settings;
  settings.replicates = 10;
  const BayesClassifier plain =
      train_bayes(rows, round_cluster, {0, 1}, settings, false, 1, Threads(2));
  EXPECT_TRUE(plain.informing.empty());
  EXPECT_NEAR(probabilities(plain, without, Drawn::sources).col(0).mean(), 0.5, 0.04);
  EXPECT_NEAR(probabilities(plain, with, Drawn::sources).col(0).mean(), 0.5, 0.08);
  const BayesClassifier informed =
      train_bayes(rows, round_cluster, {0, 1}, settings, true, 1, Threads(2));
  EXPECT_EQ(informed.informing, std::vector<Eigen::Index>{1});
  EXPECT_GT(probabilities(informed, without, Drawn::sources).col(0).mean(), 0.9);
  EXPECT_LT(probabilities(informed, with, Drawn::sources).col(0).mean(), 0.1);
}

TEST(TrainBayes, TakesMoreRowsThanItHoldsOut) {
  // More than 20,000 rows, in sources of one to three.
  RandomState random(2);
  LabelledRows rows;
  rows.data = Matrix(25'000, 2);
  size_t source = 0;
  for (size_t row = 0; row < 25'000; ++row) {
    if (row % 3 != 0 || random.uniform() < 0.5) ++source;
    rows.sources.push_back(source);
    rows.classes.push_back(ClassId(source % 2));
    rows.data.row(static_cast<long>(row)) << (source % 2 ? 2.0 : 0.0) + random.normal(),
        random.normal();
  }
  const BayesClassifier classifier =
      train_bayes(rows, round_cluster, {0, 1}, cheap(), false, 1, Threads(2));
  const Matrix p = probabilities(classifier, asked, Drawn::detections);
  for (long row = 0; row < asked.rows(); ++row) {
    const double odds =
        std::exp(-0.5 * asked(row, 0) * asked(row, 0) + 0.5 * std::pow(asked(row, 0) - 2, 2));
    EXPECT_NEAR(p(row, 0), odds / (1 + odds), 0.06);
  }
  // Held-out sources: of at most 20,000 rows, and seen by some but not all of three replicates.
  const size_t held =
      classifier.of_sources.ratios[0].count() + classifier.of_sources.ratios[1].count();
  EXPECT_GT(held, 8000u);
  EXPECT_LT(held, source * 4 / 5);
}

TEST(TrainBayes, TellsUnusualDetections) {
  const BayesClassifier classifier =
      train_bayes(two_apart(300, 6), round_cluster, {0, 2}, cheap(), false, 1, Threads(1));
  EXPECT_EQ(classifier.group_count(), 3u);
  EXPECT_EQ(classifier.typicality[1].count(), 0u);  // a group without classes
  Matrix x(5, 2);
  x << 0, 0, 2, 0, 30, 30, 1e150, 0, std::nan(""), 12;
  const auto found = BayesDensity(classifier, {})(x, {}, Threads(1));
  EXPECT_GT(found.p_known[0], 0.5);
  EXPECT_GT(found.p_known[1], 0.5);
  for (const size_t far : {2, 3, 4}) EXPECT_LT(found.p_known[far], 0.02) << far;
  // As often below a p-value as it says, for sources like those of the training.
  const LabelledRows others = two_apart(2000, 7);
  const auto of_others = BayesDensity(classifier, {})(others.data, {}, Threads(1));
  double below = 0;
  for (const double p : of_others.p_known) below += p <= 0.1;
  EXPECT_LT(below / 4000, 0.1 + 3 * std::sqrt(0.09 / 300));
}

TEST(TrainBayes, DoesNotCareWhetherErrorsAreKnown) {
  RandomState random(8);
  constexpr long count = 300;
  Matrix features(count, 2);
  std::vector<std::optional<ClassId>> classes;
  for (long row = 0; row < count; ++row) {
    features.row(row) << (row % 2 ? 2.0 : 0.0) + random.normal(), random.normal();
    classes.emplace_back(ClassId(row % 2));
    if (row % 7 == 0) features(row, 1) = std::nan("");
  }
  Settings settings;
  settings.features = {{"a", Transform::minmax}, {"b", Transform::identity}};
  settings.classes = {"A", "B"};
  settings.groups = {0, 1};
  settings.method = Method::bayes;
  settings.missing = Missing::integrate;
  settings.mixture.components = 2;
  settings.bayes = cheap();
  // Large errors, known for class A only.
  Matrix lower = Matrix::Constant(count, 2, std::nan(""));
  Matrix upper = lower;
  for (long row = 0; row < count; row += 2) {
    lower.row(row) = features.row(row).array() - 0.7;
    upper.row(row) = features.row(row).array() + 0.7;
  }
  const Fit without = fit({features, Matrix(), Matrix(), classes, {}}, settings, Threads(2));
  const Fit with = fit({features, lower, upper, classes, {}}, settings, Threads(2));
  EXPECT_EQ(without.model.bayes->typical_variance, Vector::Zero(2));
  EXPECT_NEAR(with.model.bayes->typical_variance[1], 0.49, 1e-9);
  EXPECT_EQ(with.model.training_rows, static_cast<uint64_t>(count));
  EXPECT_EQ(with.model.training_labelled, static_cast<uint64_t>(count));
  const DetectionRows plain{features, Matrix(), Matrix()};
  const Posteriors p = predict(without.model, plain, Threads(1));
  EXPECT_EQ(predict(with.model, plain, Threads(1)).probabilities, p.probabilities);
  // Nor do errors that are usual, but for their rounding; larger ones do.
  const auto change = [&](const Fit& of) {
    return (predict(of.model, {features, lower, upper}, Threads(1)).probabilities - p.probabilities)
        .cwiseAbs()
        .maxCoeff();
  };
  EXPECT_LT(change(with), 1e-6);
  EXPECT_GT(change(without), 0.05);
  // What is missing is dropped, or integrated out.
  settings.missing = Missing::drop;
  const Fit dropped =
      fit({features, Matrix(), Matrix(), classes, {}}, settings, Threads(1), {}, &with.model);
  EXPECT_EQ(dropped.model.training_labelled, static_cast<uint64_t>(complete_rows(features).size()));
}

}  // namespace
}  // namespace uhuru::method
