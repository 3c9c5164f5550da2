#include "uhuru/method/scaling.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/support.hpp"

namespace uhuru::method {
namespace {

using testing::error_of;

const std::vector<FeatureSettings> features_a_and_b = {{"a", Transform::minmax},
                                                       {"b", Transform::log_minmax}};

TEST(Scaling, ScalesAndInverts) {
  Matrix values(4, 2);
  values << 2, 0, 4, 1, 10, 10, 6, 0.5;
  const Scaling scaling = fit_scaling(values, features_a_and_b);
  EXPECT_EQ(scaling[1].offset, 0.05);
  const Matrix unit = scaled(scaling, values);
  EXPECT_EQ(unit(0, 0), 0);
  EXPECT_EQ(unit(1, 0), 0.25);
  EXPECT_EQ(unit(2, 0), 1);
  EXPECT_EQ(unit(0, 1), 0);
  EXPECT_EQ(unit(2, 1), 1);
  EXPECT_NEAR(unit(1, 1), std::log(1.05 / 0.05) / std::log(10.05 / 0.05), 1e-15);
  for (int row = 0; row < 4; ++row)
    for (int f = 0; f < 2; ++f) EXPECT_NEAR(scaling[f].invert(unit(row, f)), values(row, f), 1e-14);
  EXPECT_TRUE(std::isnan(scaling[1].apply(-0.1)));
  EXPECT_TRUE(std::isnan(scaling[0].apply(std::nan(""))));
  EXPECT_TRUE(std::isnan(scaling[0].apply(1e200)));
  EXPECT_FALSE(std::isnan(scaling[0].apply(1e100)));
}

TEST(Scaling, HasOtherTransforms) {
  const std::vector<FeatureSettings> settings = {{"s", Transform::standard},
                                                 {"l", Transform::log10},
                                                 {"h", Transform::asinh},
                                                 {"r", Transform::rank}};
  Matrix values(5, 4);
  values << 1, 1, -4, 3,  //
      2, 10, -2, 1,       //
      3, 100, 0, 2,       //
      4, 1000, 2, 2,      //
      5, 10000, 8, std::nan("");
  const Scaling scaling = fit_scaling(values, settings);
  const Matrix unit = scaled(scaling, values);
  const double deviation = std::sqrt(2.0);  // of 1 … 5
  EXPECT_NEAR(unit(0, 0), -2 / deviation, 1e-15);
  EXPECT_NEAR(unit(4, 0), 2 / deviation, 1e-15);
  EXPECT_NEAR(unit(4, 1), 2 / deviation, 1e-15);
  EXPECT_EQ(scaling[2].offset, 3);  // the median of 2, 2, 4, 8
  double sum = 0, squares = 0;
  for (int row = 0; row < 5; ++row) sum += unit(row, 2), squares += unit(row, 2) * unit(row, 2);
  EXPECT_NEAR(sum, 0, 1e-14);
  EXPECT_NEAR(squares, 5, 1e-13);
  EXPECT_NEAR((unit(3, 2) - unit(1, 2)) * (scaling[2].hi - scaling[2].lo), 2 * std::asinh(2.0 / 3),
              1e-14);
  // Ranks of 1, 2, 2, 3: equal values share the middle.
  EXPECT_EQ(unit(1, 3), 0);
  EXPECT_EQ(unit(2, 3), 0.5);
  EXPECT_EQ(unit(3, 3), 0.5);
  EXPECT_EQ(unit(0, 3), 1);
  EXPECT_TRUE(std::isnan(unit(4, 3)));
  EXPECT_EQ(scaling[3].apply(0), 0);
  EXPECT_EQ(scaling[3].apply(1.5), 0.25);
  EXPECT_EQ(scaling[3].apply(99), 1);
  for (int row = 0; row < 5; ++row)
    for (int f = 0; f < 4; ++f)
      if (!std::isnan(values(row, f))) {
        EXPECT_NEAR(scaling[f].invert(unit(row, f)), values(row, f), 1e-9) << f;
      }
  EXPECT_TRUE(std::isnan(scaling[1].apply(0)));
  values(0, 1) = 0;
  EXPECT_EQ(error_of([&] { fit_scaling(values, settings); }).where(), "feature l");
}

TEST(Scaling, RefusesWhatItCannotScale) {
  const std::vector<FeatureSettings> standard = {{"s", Transform::standard}};
  Matrix huge(2, 1);
  huge << 1e200, 3e200;
  EXPECT_EQ(error_of([&] { fit_scaling(huge, standard); }).message(), "a feature cannot be scaled");
  Matrix one(3, 1);
  one << 3.5, std::nan(""), std::nan("");
  for (const Transform transform : {Transform::rank, Transform::asinh, Transform::standard}) {
    const Error error = error_of([&] {
      fit_scaling(one, std::vector<FeatureSettings>{{"r", transform}});
    });
    EXPECT_EQ(error.found(), "3.5 in all 1 rows that have it");
  }
}

TEST(Scaling, SamplesManyRowsEvenly) {
  FeatureRange range;
  constexpr int rows = 100000;
  for (int i = 0; i < rows; ++i) range.add((i * 7919) % rows);  // each once
  EXPECT_LE(range.sample.size(), 32768u);
  EXPECT_GE(range.sample.size(), 16384u);
  EXPECT_EQ(range.greatest, rows - 1);
  const std::vector<FeatureSettings> rank = {{"r", Transform::rank}};
  const Scaling scaling = fit_scaling(std::span<const FeatureRange>(&range, 1), rank);
  for (const double value : {10.0, 25000.0, 50000.0, 99000.0})
    EXPECT_NEAR(scaling[0].apply(value), value / rows, 0.01);
}

TEST(Scaling, AnErrorBeyondTheLogarithmCountsFromAbove) {
  const std::vector<FeatureSettings> settings = {{"l", Transform::log10}};
  Matrix values(2, 1);
  values << 1, 100;
  const Scaling scaling = fit_scaling(values, settings);
  Matrix lower(1, 1), upper(1, 1);
  lower << -1;
  upper << 5;
  const double half = scaling[0].apply(5) - scaling[0].apply(2);
  EXPECT_NEAR(scaled_variance(scaling, lower, upper)(0, 0), half * half, 1e-15);
}

TEST(Scaling, RefusesConstantAndNegativeFeatures) {
  Matrix constant(3, 2);
  constant << 1, 0, 1, 1, 1, 2;
  EXPECT_EQ(error_of([&] { fit_scaling(constant, features_a_and_b); }).where(), "feature a");
  Matrix negative(3, 2);
  negative << 1, 0, 2, -1, 3, 2;
  EXPECT_EQ(error_of([&] { fit_scaling(negative, features_a_and_b); }).where(), "feature b");
}

TEST(Medians, PassOverMissingValues) {
  Matrix values(4, 3);
  const double nan = std::nan("");
  values << 1, nan, nan, 5, 2, nan, 3, nan, nan, 9, 4, nan;
  const auto middle = medians(values);
  EXPECT_EQ(middle[0], 4);
  EXPECT_EQ(middle[1], 3);
  EXPECT_TRUE(std::isnan(middle[2]));
}

}  // namespace
}  // namespace uhuru::method
