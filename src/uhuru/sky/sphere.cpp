#include "uhuru/sky/sphere.hpp"

#include <algorithm>
#include <cmath>

namespace uhuru::sky {

double separation_arcsec(const SkyPosition& a, const SkyPosition& b) {
  // Differences are taken in degrees, before sines introduce rounding: 1e-10 arcsec remains
  // resolved.
  const double half_dec = (b.dec_deg - a.dec_deg) / 2 * radians_per_degree;
  double ra = b.ra_deg - a.ra_deg;
  if (std::abs(ra) > 180) ra = std::remainder(ra, 360.0);  // slow, and has no effect otherwise
  const double half_ra = ra / 2 * radians_per_degree;
  const double cos_a = std::cos(a.dec_deg * radians_per_degree);
  const double cos_b = std::cos(b.dec_deg * radians_per_degree);
  const double s1 = std::sin(half_dec);
  const double s2 = std::sin(half_ra);
  const double chord2 = s1 * s1 + cos_a * cos_b * s2 * s2;  // (chord / 2)², 0…1
  if (chord2 < 0.5) return 2 * std::asin(std::sqrt(chord2)) * arcsec_per_radian;
  // Beyond 90 degrees the complementary half chord preserves the digits.
  const double c1 = std::cos(half_dec);
  const double c2 = std::sin((a.dec_deg + b.dec_deg) / 2 * radians_per_degree);
  const double c3 = std::cos(half_ra);
  const double other2 = c1 * c1 * c3 * c3 + c2 * c2 * s2 * s2;
  return 2 * std::atan2(std::sqrt(chord2), std::sqrt(other2)) * arcsec_per_radian;
}

SkyPosition offset_position(const SkyPosition& start, double distance_deg, double bearing_deg) {
  const double dec = start.dec_deg * radians_per_degree;
  const double distance = distance_deg * radians_per_degree;
  const double bearing = bearing_deg * radians_per_degree;
  const double sin_dec =
      std::sin(dec) * std::cos(distance) + std::cos(dec) * std::sin(distance) * std::cos(bearing);
  const double east = std::sin(bearing) * std::sin(distance) * std::cos(dec);
  const double north = std::cos(distance) - std::sin(dec) * sin_dec;
  double ra = start.ra_deg + std::atan2(east, north) / radians_per_degree;
  ra -= 360 * std::floor(ra / 360);
  return {ra, std::asin(std::clamp(sin_dec, -1.0, 1.0)) / radians_per_degree};
}

}  // namespace uhuru::sky
