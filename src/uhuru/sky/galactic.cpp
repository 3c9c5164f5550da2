#include "uhuru/sky/galactic.hpp"

#include <array>
#include <cmath>

namespace uhuru::sky {

GalacticPosition galactic(const SkyPosition& icrs) {
  constexpr double rotation[3][3] = {
      {-0.054875560416215368, -0.873437090234885049, -0.483835015548713227},
      {0.494109427875583674, -0.444829629960011178, 0.746982244497218891},
      {-0.867666149019004701, -0.198076373431201528, 0.455983776175066922}};
  const double ra = icrs.ra_deg * radians_per_degree;
  const double dec = icrs.dec_deg * radians_per_degree;
  const std::array<double, 3> from = {std::cos(dec) * std::cos(ra), std::cos(dec) * std::sin(ra),
                                      std::sin(dec)};
  std::array<double, 3> to{};
  for (size_t i = 0; i < 3; ++i)
    to[i] = rotation[i][0] * from[0] + rotation[i][1] * from[1] + rotation[i][2] * from[2];
  double l = std::atan2(to[1], to[0]) / radians_per_degree;
  if (l < 0) l += 360;
  return {l >= 360 ? 0 : l, std::atan2(to[2], std::hypot(to[0], to[1])) / radians_per_degree};
}

}  // namespace uhuru::sky
