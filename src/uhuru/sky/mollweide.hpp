// The Mollweide projection: the sky as an equal-area ellipse.
#pragma once

#pragma GCC visibility push(default)
namespace uhuru::sky {

/// A point on an all-sky map, north up, longitude increasing to the left.
struct MapPoint {
  double x = 0;  // ±2√2
  double y = 0;  // ±√2
  bool operator==(const MapPoint&) const = default;
};

/// The Mollweide projection of a unit sphere, centred on longitude 0.
///
/// `longitude_deg`: any finite angle; 0…180 has negative x. `latitude_deg`: ±90. Returns NaN if
/// either is NaN. Both coordinates are accurate to 1e-14, including the poles; about 80 ns.
/// Thread-safe. Source: J. P. Snyder, Map Projections (USGS Professional Paper 1395), p. 249.
MapPoint mollweide(double longitude_deg, double latitude_deg);

}  // namespace uhuru::sky
#pragma GCC visibility pop
