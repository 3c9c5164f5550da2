// Positions and angles on the sphere.
#pragma once

#include <numbers>

#pragma GCC visibility push(default)
namespace uhuru::sky {

constexpr double radians_per_degree = std::numbers::pi / 180;
constexpr double arcsec_per_radian = 3600 / radians_per_degree;

/// A direction, right ascension and declination in degrees.
struct SkyPosition {
  double ra_deg = 0;
  double dec_deg = 0;
  bool operator==(const SkyPosition&) const = default;
};

/// Whether both angles are finite, the declination is within ±90 and the right ascension within
/// -360…720 degrees.
inline bool is_valid(const SkyPosition& position) {
  return position.ra_deg >= -360 && position.ra_deg <= 720 && position.dec_deg >= -90 &&
         position.dec_deg <= 90;
}

/// The great-circle angle between two valid positions in arcsec, with a relative accuracy of 1e-12,
/// also for small angles, near the poles, across RA 0/360, and for opposite positions. Thread-safe.
/// Source: the haversine formula, and its complement beyond 90 degrees.
double separation_arcsec(const SkyPosition& a, const SkyPosition& b);

/// The position at `distance_deg` from `start` in the direction `bearing_deg`, measured east of
/// north.
SkyPosition offset_position(const SkyPosition& start, double distance_deg, double bearing_deg);

}  // namespace uhuru::sky
#pragma GCC visibility pop
