#include "uhuru/sky/galactic.hpp"

#include <array>
#include <cmath>

namespace uhuru::sky {
namespace {

/// From ICRS to Galactic; its transpose is the inverse.
constexpr double to_galactic[3][3] = {
    {-0.054875560416215368, -0.873437090234885049, -0.483835015548713227},
    {0.494109427875583674, -0.444829629960011178, 0.746982244497218891},
    {-0.867666149019004701, -0.198076373431201528, 0.455983776175066922}};

std::array<double, 3> unit_vector(double longitude_deg, double latitude_deg) {
  const double longitude = longitude_deg * radians_per_degree;
  const double latitude = latitude_deg * radians_per_degree;
  return {std::cos(latitude) * std::cos(longitude), std::cos(latitude) * std::sin(longitude),
          std::sin(latitude)};
}

double longitude_of(const std::array<double, 3>& direction) {
  double longitude = std::atan2(direction[1], direction[0]) / radians_per_degree;
  if (longitude < 0) longitude += 360;
  return longitude >= 360 ? 0 : longitude;
}

double latitude_of(const std::array<double, 3>& direction) {
  return std::atan2(direction[2], std::hypot(direction[0], direction[1])) / radians_per_degree;
}

}  // namespace

GalacticPosition galactic(const SkyPosition& icrs) {
  const auto from = unit_vector(icrs.ra_deg, icrs.dec_deg);
  std::array<double, 3> to{};
  for (size_t i = 0; i < 3; ++i)
    to[i] = to_galactic[i][0] * from[0] + to_galactic[i][1] * from[1] + to_galactic[i][2] * from[2];
  return {longitude_of(to), latitude_of(to)};
}

SkyPosition icrs(const GalacticPosition& position) {
  const auto from = unit_vector(position.l_deg, position.b_deg);
  std::array<double, 3> to{};
  for (size_t i = 0; i < 3; ++i)
    to[i] = to_galactic[0][i] * from[0] + to_galactic[1][i] * from[1] + to_galactic[2][i] * from[2];
  return {longitude_of(to), latitude_of(to)};
}

}  // namespace uhuru::sky
