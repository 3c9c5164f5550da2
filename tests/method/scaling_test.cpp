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
