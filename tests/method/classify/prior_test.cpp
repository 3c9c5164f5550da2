#include "uhuru/method/classify/prior.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/method/classify/bayes.hpp"
#include "uhuru/method/model.hpp"

namespace uhuru::method {
namespace {

constexpr double open = std::numeric_limits<double>::quiet_NaN();

/// Three classes in two groups, of four: class 1 was not learned.
BayesClassifier three_of_four(const HeldOutScores& ratios = {}) {
  BayesClassifier classifier;
  classifier.learned = {ClassId(0), ClassId(2), ClassId(3)};
  classifier.group_of = {0, 0, 1};
  for (Answer* answer : {&classifier.of_sources, &classifier.of_detections}) {
    answer->evidence.learned = classifier.learned;
    answer->evidence.slope = (Vector(3) << 0.2, 0.2, -0.1).finished();
    answer->ratios.assign(2, ratios);
  }
  classifier.of_sources.evidence.prior = (Vector(3) << 0.5, 0.3, 0.2).finished();
  classifier.of_detections.evidence.prior = (Vector(3) << 0.8, 0.1, 0.1).finished();
  classifier.typicality.resize(2);
  return classifier;
}

TEST(Prior, IsHowOftenTheClassesOccurOrTheUsersOwn) {
  const BayesClassifier classifier = three_of_four();
  EXPECT_EQ(classifier.prior({}), classifier.of_sources.evidence.prior);
  EXPECT_EQ(classifier.prior({Drawn::detections, {}}), classifier.of_detections.evidence.prior);
  const auto near = [&](const Prior& prior, double a, double b, double c) {
    const Vector found = classifier.prior(prior);
    EXPECT_NEAR(found[0], a, 1e-12);
    EXPECT_NEAR(found[1], b, 1e-12);
    EXPECT_NEAR(found[2], c, 1e-12);
    EXPECT_EQ(classifier.evidence(prior).prior, found);
  };
  near({Drawn::sources, {0.2, 0, 0.7, 0.1}}, 0.2, 0.7, 0.1);
  // Classes that are not given share what is left as they occur: 0.5 to 0.2, or 0.8 to 0.1.
  near({Drawn::sources, {open, open, 0.3, open}}, 0.5, 0.3, 0.2);
  near({Drawn::sources, {open, open, 0.65, open}}, 0.25, 0.65, 0.1);
  near({Drawn::detections, {open, open, 0.1, open}}, 0.8, 0.1, 0.1);
  near({Drawn::sources, {open, open, 0, open}}, 5 / 7.0, 0, 2 / 7.0);
  near({Drawn::sources, {open, open, 1, open}}, 0, 1, 0);
  near({Drawn::sources, {0.1, open, 0.1, 0}}, 0.5, 0.5, 0);  // the rest is of no learned class
  const auto message = [&](const Prior& prior) {
    return testing::error_of([&] { (void)classifier.prior(prior); }).message();
  };
  EXPECT_EQ(message({Drawn::sources, {0, 1, 0, 0}}),
            "the prior excludes every class that was learned");
  EXPECT_EQ(message({Drawn::sources, {0, 0, 0, 0}}),
            "the prior excludes every class that was learned");
}

TEST(Prior, OfTheUserChangesProbabilitiesByBayesRule) {
  RandomState random(1);
  LabelledRows rows;
  rows.data = Matrix(150, 2);
  for (size_t row = 0; row < 150; ++row) {
    const std::array places = {0, 2, 3};
    rows.classes.push_back(ClassId(places[row % 3]));
    rows.sources.push_back(row / 2);
    const auto c = static_cast<double>(row % 3);
    rows.data.row(static_cast<long>(row)) << c + random.normal(), -c + random.normal();
  }
  const GaussianMixture one{Vector::Ones(1), Matrix::Zero(1, 2), {2 * Matrix::Identity(2, 2)}};
  BayesSettings settings;
  settings.replicates = 5;
  settings.trees = 2;
  const BayesClassifier classifier =
      train_bayes(rows, one, {0, 0, 0, 1}, settings, false, 1, Threads(1));
  Matrix x = rows.data.topRows(20);
  x(3, 0) = std::nan("");
  x.row(4).setConstant(std::nan(""));
  for (const Drawn drawn : {Drawn::sources, Drawn::detections}) {
    const Prior own{drawn, {0.1, 0, 0.9, 0}};
    const Vector wanted = (Vector(3) << 0.1, 0.9, 0).finished();
    const auto before = BayesDensity(classifier, {drawn, {}})(x, {}, Threads(1));
    const auto after = BayesDensity(classifier, own)(x, {}, Threads(1));
    const Vector& occurring = classifier.answer(drawn).evidence.prior;
    for (long row = 0; row < 20; ++row) {
      Vector expected =
          before.probabilities.row(row).transpose().cwiseProduct(wanted).cwiseQuotient(occurring);
      expected /= expected.sum();
      EXPECT_LT((after.probabilities.row(row).transpose() - expected).norm(), 1e-12);
    }
    // Without any feature there is only the prior.
    EXPECT_LT((before.probabilities.row(4).transpose() - occurring).norm(), 1e-12);
    EXPECT_LT((after.probabilities.row(4).transpose() - wanted).norm(), 1e-12);
    // Whether a detection is of a learned class is no question of the prior.
    for (size_t row = 0; row < 20; ++row) {
      EXPECT_EQ(std::isnan(after.p_known[row]), row == 4);
      if (row != 4) {
        EXPECT_EQ(after.p_known[row], before.p_known[row]);
      }
    }
  }
  EXPECT_EQ(testing::error_of([&] {
              BayesDensity(classifier, {Drawn::sources, {0, 1, 0, 0}});
            }).message(),
            "the prior excludes every class that was learned");
}

TEST(Prior, OfTheUserDoesNotChangeTheSet) {
  RandomState random(2);
  std::vector<double> scores;
  for (int i = 0; i < 200; ++i) scores.push_back(random.uniform());
  Model model;
  model.class_count = 4;
  model.bayes = three_of_four(HeldOutScores(scores));
  const Vector occurring = model.bayes->of_sources.evidence.prior;
  int sizes = 0;
  for (int source = 0; source < 200; ++source) {
    // Three detections with the prior of the training, and with the user's.
    Matrix p(3, 4), changed(3, 4);
    Vector own(3);
    for (double& value : own) value = 0.05 + random.uniform();
    own /= own.sum();
    for (long row = 0; row < 3; ++row) {
      p.row(row) << std::exp(random.normal()), 0, std::exp(random.normal()),
          std::exp(random.normal());
      p.row(row) /= p.row(row).sum();
      for (long l = 0; l < 3; ++l) {
        const auto column = static_cast<long>(model.bayes->learned[static_cast<size_t>(l)]);
        changed(row, column) = p(row, column) * own[l] / occurring[l];
      }
      changed(row, 1) = 0;
      changed.row(row) /= changed.row(row).sum();
    }
    const std::vector<size_t> rows = {0, 1, 2};
    std::vector<double> combined(4), with_own(4);
    model.prior = {};
    const Combining plain = *model.combining();
    plain.evidence.combine(p, rows, combined.data());
    model.prior = {Drawn::sources, {own[0], 0, own[1], own[2]}};
    const Combining users = *model.combining();
    users.evidence.combine(changed, rows, with_own.data());
    EXPECT_EQ(users.set(with_own), plain.set(combined));
    EXPECT_FALSE(plain.set(combined)[1]);
    for (const bool in_set : plain.set(combined)) sizes += in_set;
    // The combined probabilities differ by Bayes' rule.
    double sum = 0;
    for (size_t l = 0; l < 3; ++l)
      sum += combined[number_of(model.bayes->learned[l])] * own[static_cast<long>(l)] /
             occurring[static_cast<long>(l)];
    for (size_t l = 0; l < 3; ++l) {
      const size_t c = number_of(model.bayes->learned[l]);
      EXPECT_NEAR(with_own[c],
                  combined[c] * own[static_cast<long>(l)] / occurring[static_cast<long>(l)] / sum,
                  1e-12);
    }
  }
  EXPECT_GT(sizes, 200);  // the sets are not all of one size
  EXPECT_LT(sizes, 600);
  EXPECT_EQ(Model().combining(), std::nullopt);
}

}  // namespace
}  // namespace uhuru::method
