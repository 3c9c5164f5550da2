// Fit and predict on arrays, as a program that uses the library calls them.
#include "uhuru/method/predict.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/method/fit.hpp"

namespace uhuru::method {
namespace {

using testing::error_of;

struct Sample {
  Matrix features{300, 2};
  std::vector<std::optional<ClassId>> classes;
  Settings settings;
};

/// Two classes apart from each other; every third detection is not labelled.
Sample sample(Method method) {
  Sample result;
  RandomState random(3);
  for (int row = 0; row < 300; ++row) {
    const int id = row % 2;
    result.features.row(row) << 4 * id + random.normal(), random.normal();
    result.classes.emplace_back();
    if (row % 3 != 0) result.classes.back() = ClassId(id);
  }
  result.settings.features = {{"a", Transform::minmax}, {"b", Transform::minmax}};
  result.settings.classes = {"A", "B", "C"};
  result.settings.groups = {0, 1, 1};
  result.settings.method = method;
  result.settings.mixture.components = 2;
  return result;
}

const Matrix unknown;

TEST(FitAndPredict, FindWhatWasNotLabelled) {
  for (const Method method : {Method::mahalanobis, Method::bayes}) {
    const Sample s = sample(method);
    const Fit fitted = fit({s.features, unknown, unknown, s.classes, {}}, s.settings, Threads(2));
    EXPECT_EQ(fitted.model.method(), method);
    EXPECT_EQ(fitted.model.training_rows, 300u);
    EXPECT_EQ(fitted.model.training_labelled, 200u);
    EXPECT_TRUE(fitted.model.has_learned(ClassId(1)));
    EXPECT_FALSE(fitted.model.has_learned(ClassId(2)));
    const Posteriors found = predict(fitted.model, {s.features, unknown, unknown}, Threads(2));
    size_t right = 0;
    for (int row = 0; row < 300; ++row) {
      right += found.classes[static_cast<size_t>(row)] == ClassId(row % 2);
      EXPECT_NEAR(found.probabilities.row(row).sum(), 1, 1e-12);
    }
    EXPECT_GT(right, 270u);
    // Views of other memory give the same, without a copy.
    const Matrix wide = (Matrix(300, 3) << s.features, Vector::Ones(300)).finished();
    const Posteriors of_view =
        predict(fitted.model, {wide.leftCols(2), unknown, unknown}, Threads(1));
    EXPECT_EQ(of_view.probabilities, found.probabilities);
  }
}

TEST(FitAndPredict, TakeWhatCannotBeScaledForMissing) {
  for (const Method method : {Method::mahalanobis, Method::bayes}) {
    Sample s = sample(method);
    s.features *= 1e-10;
    const Fit fitted = fit({s.features, unknown, unknown, s.classes, {}}, s.settings, Threads(1));
    Matrix odd(3, 2);
    const double nan = std::nan("");
    odd << 1e305, 0, nan, 0, nan, 1e305;  // beyond the largest number when scaled
    const Posteriors found = predict(fitted.model, {odd, unknown, unknown}, Threads(1));
    EXPECT_EQ(found.features_missing, (std::vector<int>{1, 1, 2}));
    EXPECT_EQ(found.probabilities.row(0), found.probabilities.row(1));
    EXPECT_EQ(found.clusters[2], std::nullopt);
    EXPECT_EQ(found.classes[2], std::nullopt);
  }
}

TEST(FitAndPredict, GiveTheSameInParts) {
  for (const Method method : {Method::mahalanobis, Method::bayes}) {
    const Sample s = sample(method);
    const Fit fitted = fit({s.features, unknown, unknown, s.classes, {}}, s.settings, Threads(1));
    const Matrix many = s.features.replicate(300, 1);  // more rows than are classified at a time
    const Posteriors whole = Predictor(fitted.model)
                                 .classify(Predictor(fitted.model).place(many, Threads(2)), unknown,
                                           unknown, Threads(2));
    uint64_t last = 0;
    const Posteriors found = predict(fitted.model, {many, unknown, unknown}, Threads(2),
                                     [&](std::string_view, uint64_t done, uint64_t) {
                                       EXPECT_GT(done, last);
                                       last = done;
                                     });
    EXPECT_EQ(last, 90'000u);
    EXPECT_EQ(found.probabilities, whole.probabilities);
    EXPECT_EQ(found.classes, whole.classes);
    EXPECT_EQ(found.clusters, whole.clusters);
    EXPECT_EQ(found.features_missing, whole.features_missing);
    EXPECT_EQ(found.p_known, whole.p_known);
  }
}

TEST(FitAndPredict, RefuseInfiniteValues) {
  const Sample s = sample(Method::bayes);
  const Fit fitted = fit({s.features, unknown, unknown, s.classes, {}}, s.settings, Threads(1));
  Matrix many = s.features.replicate(300, 1);
  many(80'000, 1) = -std::numeric_limits<double>::infinity();
  EXPECT_EQ(error_of([&] {
              predict(fitted.model, {many, unknown, unknown}, Threads(1));
            }).where(),
            "row 80001, feature 2");
}

TEST(FitAndPredict, RefuseWhatDoesNotFit) {
  const Sample s = sample(Method::bayes);
  const Fit fitted = fit({s.features, unknown, unknown, s.classes, {}}, s.settings, Threads(1));
  const Matrix wide = Matrix::Zero(3, 5);
  const Error error = error_of([&] {
    predict(fitted.model, {wide, unknown, unknown}, Threads(1));
  });
  EXPECT_EQ(error.expected(), "2");
  EXPECT_EQ(error.found(), "5");
  const Fit clusters = fit_clusters(s.features, s.settings, Threads(1));
  EXPECT_EQ(error_of([&] {
              predict(clusters.model, {s.features, unknown, unknown}, Threads(1));
            }).message(),
            "the model has no classes");
  EXPECT_EQ(error_of([&] {
              fit({s.features, unknown, unknown, {}, {}}, s.settings, Threads(1));
            }).message(),
            "no class can be learned");
  const std::vector<size_t> one = {0};
  const Matrix single = take_rows(s.features, one);
  EXPECT_EQ(error_of([&] { fit_clusters(single, s.settings, Threads(1)); }).message(),
            "fewer detections than components");
}

}  // namespace
}  // namespace uhuru::method
