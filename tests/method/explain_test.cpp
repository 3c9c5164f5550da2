// What each feature says of a source's classes.
#include "uhuru/method/explain.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>

#include "uhuru/base/error.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/method/fit.hpp"
#include "uhuru/method/predict.hpp"
#include "uhuru/method/sources.hpp"

namespace uhuru {
namespace {

/// Three features: the first separates two classes, the second repeats it with noise, the third is
/// noise; some values are missing.
method::Model explainable_model(bool missing_informs) {
  method::Settings settings;
  settings.features = {{"signal"}, {"echo"}, {"noise"}};
  settings.classes = {"A", "B", "unlearned"};
  settings.groups = {0, 1, 1};
  settings.method = method::Method::bayes;
  settings.missing = method::Missing::integrate;
  settings.missing_informs = missing_informs;
  settings.mixture.components = 1;
  settings.bayes.replicates = 4;
  settings.bayes.trees = 3;
  RandomState random(7);
  constexpr int rows = 300;
  Matrix features(rows, 3);
  std::vector<std::optional<method::ClassId>> classes;
  for (int row = 0; row < rows; ++row) {
    const int c = row % 2;
    features(row, 0) = random.normal() + 2 * c;
    features(row, 1) = features(row, 0) + 0.5 * random.normal();
    features(row, 2) = random.normal();
    if (row % 7 == 0) features(row, 1) = std::nan("");
    classes.emplace_back(method::ClassId(c));
  }
  return method::fit({features, Matrix(), Matrix(), classes}, settings, Threads(1)).model;
}

double log_odds_of(double p) { return std::log(p) - std::log1p(-p); }

TEST(Explain, ComparesWithAndWithoutEachFeature) {
  const method::Model model = explainable_model(false);
  Matrix source(2, 3);
  source << 2.5, 2.2, -0.3, 1.5, std::nan(""), 0.2;
  const auto found = method::explain(model, {source, Matrix(), Matrix()}, Threads(1));
  // The slow twin: the source's class without a feature in any detection, as anybody predicts it.
  const auto odds_of_b = [&](const Matrix& rows) {
    const auto posteriors = method::predict(model, {rows, Matrix(), Matrix()}, Threads(1));
    const auto combining = model.combining();
    return log_odds_of(method::vote_of_source(posteriors, std::vector<size_t>{0, 1}, &*combining)
                           .probabilities[1]);
  };
  EXPECT_NEAR(found.total[1], odds_of_b(source), 1e-9);
  for (int f = 0; f < 3; ++f) {
    Matrix without = source;
    without.col(f).setConstant(std::nan(""));
    EXPECT_NEAR(found.features(f, 1), found.total[1] - odds_of_b(without), 1e-9) << f;
  }
  for (int c = 0; c < 2; ++c)
    EXPECT_NEAR(found.prior[c] + found.features.col(c).sum() + found.together[c], found.total[c],
                1e-12);
  EXPECT_NEAR(found.total[0], -found.total[1], 1e-9);
  EXPECT_TRUE(std::isnan(found.total[2]));
  EXPECT_GT(found.features(0, 1), 0.1);
  EXPECT_GT(found.features(0, 1), std::abs(found.features(2, 1)));
}

TEST(Explain, AFeatureThatNoDetectionHasSaysNothing) {
  for (const bool informs : {false, true}) {
    const method::Model model = explainable_model(informs);
    Matrix source(1, 3);
    source << 2.5, std::nan(""), 0.1;
    const auto found = method::explain(model, {source, Matrix(), Matrix()}, Threads(1));
    EXPECT_EQ(found.features(1, 0), 0);
    EXPECT_EQ(found.features(1, 1), 0);
  }
}

TEST(Explain, NeedsAFeatureAndTheMethodBayes) {
  const method::Model model = explainable_model(false);
  const Matrix nothing = Matrix::Constant(1, 3, std::nan(""));
  EXPECT_THROW(method::explain(model, {nothing, Matrix(), Matrix()}, Threads(1)), Error);
  EXPECT_THROW(method::explain(method::Model(), {nothing, Matrix(), Matrix()}, Threads(1)), Error);
}

}  // namespace
}  // namespace uhuru
