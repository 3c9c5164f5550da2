#include "uhuru/sky/mollweide.hpp"

#include <cmath>
#include <numbers>

#include "uhuru/sky/sphere.hpp"

namespace uhuru::sky {

// The auxiliary angle θ of the projection solves 2θ + sin 2θ = π sin(latitude), which has a double
// root at the poles. With v = π - 2|θ| it becomes v - sin v = π (1 - sin|latitude|), Kepler's
// equation of a parabolic orbit: its series in the cube root of the right side is exact for small
// v; elsewhere two Halley steps refine it to the last digit.
MapPoint mollweide(double longitude_deg, double latitude_deg) {
  const double colatitude = (90 - std::abs(latitude_deg)) * radians_per_degree;
  const double sine = std::sin(colatitude / 2);
  const double right = 2 * std::numbers::pi * sine * sine;
  const double w = std::cbrt(6 * right);
  const double w2 = w * w;
  const double v =
      w * (1 + w2 * (1.0 / 60 + w2 * (1.0 / 1400 + w2 * (1.0 / 25200 + w2 * 43.0 / 17248000))));
  double half = v / 2;
  double s = std::sin(half);
  double c = std::cos(half);
  if (v > 0.1) {
    // Of f = half - sin(half) cos(half) - right / 2: f' = 2 s², f'' = 4 s c.
    const auto halley = [&] {
      const double newton = (half - s * c - right / 2) / (2 * s * s);
      return newton / (1 - newton * c / s);
    };
    half -= halley();
    s = std::sin(half);
    c = std::cos(half);
    // The step is so small that the first terms of the series of sine and cosine suffice.
    const double step = halley();
    const double s0 = s;
    s -= step * (c + step / 2 * s0);
    c += step * (s0 - step / 2 * c);
  }
  const double longitude = longitude_deg - 360 * std::ceil((longitude_deg - 180) / 360);  // ±180
  return {-std::numbers::sqrt2 / 90 * longitude * s,
          std::copysign(std::numbers::sqrt2 * c, latitude_deg)};
}

}  // namespace uhuru::sky
