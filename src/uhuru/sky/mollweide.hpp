// The sky as an ellipse of equal areas.
#pragma once

namespace uhuru {

/// A point of a map of the whole sky, north up, longitude to the left.
struct MapPoint {
  double x = 0;  // ±2√2
  double y = 0;  // ±√2
  bool operator==(const MapPoint&) const = default;
};

/// The Mollweide projection of a sphere of radius 1, with longitude 0 in the center.
///
/// `longitude_deg`: any finite angle; those of 0…180 have negative x. `latitude_deg`: ±90. NaN
/// where one of them is. Both coordinates to 1e-14, at the poles, too; about 80 ns. Thread-safe.
/// Source: J. P. Snyder, Map Projections (USGS Professional Paper 1395), p. 249.
MapPoint mollweide(double longitude_deg, double latitude_deg);

}  // namespace uhuru
