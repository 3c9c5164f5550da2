#include "uhuru/sky/mollweide.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "uhuru/base/numpy.hpp"
#include "uhuru/sky/sphere.hpp"

namespace uhuru {
namespace {

using std::numbers::pi_v;
using std::numbers::sqrt2;

/// By bisection, in extended precision; the longitude is within ±180.
sky::MapPoint slow_mollweide(long double longitude_deg, long double latitude_deg) {
  constexpr long double degree = pi_v<long double> / 180;
  const long double wanted = pi_v<long double> * std::sin(latitude_deg * degree);
  long double low = -pi_v<long double> / 2;
  long double high = -low;
  for (int i = 0; i < 80; ++i) {
    const long double middle = (low + high) / 2;
    (2 * middle + std::sin(2 * middle) < wanted ? low : high) = middle;
  }
  const long double root = std::sqrt(2.0L);
  return {static_cast<double>(-2 * root / 180 * longitude_deg * std::cos(low)),
          static_cast<double>(root * std::sin(low))};
}

/// Longitude and latitude in degrees of a point within the ellipse.
sky::SkyPosition inverse(const sky::MapPoint& point) {
  const double theta = std::asin(point.y / sqrt2);
  const double sine = (2 * theta + std::sin(2 * theta)) / std::numbers::pi;
  return {-point.x * 90 / (sqrt2 * std::cos(theta)), std::asin(sine) / sky::radians_per_degree};
}

TEST(Mollweide, AgreesWithBisection) {
  RandomState random(1);
  for (int i = 0; i < 30000; ++i) {
    const double longitude = 360 * random.uniform() - 180;
    double latitude = 180 * random.uniform() - 90;
    const double near = std::pow(10, -3 - 6 * random.uniform());
    if (i % 3 == 0) latitude = latitude > 0 ? 90 - near : near - 90;
    if (i % 10 == 1) latitude = near;
    const sky::MapPoint found = sky::mollweide(longitude, latitude);
    const sky::MapPoint expected = slow_mollweide(longitude, latitude);
    // At the poles bisection turns an error of 1e-19 in the sine into 1e-6 in the angle, and 1e-12
    // in y.
    const double sharp = std::abs(latitude) < 89.9 ? 1e-14 : 3e-6;
    EXPECT_NEAR(found.x, expected.x, sharp) << longitude << " " << latitude;
    EXPECT_NEAR(found.y, expected.y, std::min(sharp, 1e-12)) << longitude << " " << latitude;
  }
}

TEST(Mollweide, IsGivenBackByItsInverse) {
  RandomState random(2);
  for (int i = 0; i < 30000; ++i) {
    const double longitude = 359.99 * random.uniform() - 179.995;
    const double latitude = 178 * random.uniform() - 89;
    const sky::SkyPosition back = inverse(sky::mollweide(longitude, latitude));
    EXPECT_NEAR(back.ra_deg, longitude, 1e-10);
    EXPECT_NEAR(back.dec_deg, latitude, 1e-10);
  }
}

TEST(Mollweide, IsSmoothTowardsThePoles) {
  // For small colatitude c, v³ = 3 π c² for the v of the code.
  for (int exponent = -12; exponent < -2; ++exponent) {
    const double latitude = 90 - std::pow(10, exponent);
    const double c = (90 - latitude) * sky::radians_per_degree;
    const double v = std::cbrt(3 * std::numbers::pi * c * c);
    EXPECT_NEAR(sky::mollweide(-180 + 1e-13, latitude).x, 2 * sqrt2 * std::sin(v / 2),
                v * v * v / 30 + 1e-15);
    EXPECT_NEAR(sky::mollweide(0, latitude).y, sqrt2 * std::cos(v / 2), v * v * v / 30 + 1e-15);
  }
}

TEST(Mollweide, EdgesAndSigns) {
  const auto expect = [](double longitude, double latitude, double x, double y) {
    const sky::MapPoint found = sky::mollweide(longitude, latitude);
    EXPECT_NEAR(found.x, x, 1e-14) << longitude << " " << latitude;
    EXPECT_NEAR(found.y, y, 1e-14) << longitude << " " << latitude;
  };
  expect(0, 0, 0, 0);
  expect(90, 0, -sqrt2, 0);
  expect(270, 0, sqrt2, 0);
  expect(-90, 0, sqrt2, 0);
  expect(180, 0, -2 * sqrt2, 0);
  expect(540, 0, -2 * sqrt2, 0);
  expect(-450, 0, sqrt2, 0);
  expect(123, 90, 0, sqrt2);
  expect(123, -90, 0, -sqrt2);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isnan(sky::mollweide(nan, 1).x));
  EXPECT_TRUE(std::isnan(sky::mollweide(1, nan).x) && std::isnan(sky::mollweide(1, nan).y));
}

}  // namespace
}  // namespace uhuru
