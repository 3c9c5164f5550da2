// Galactic coordinates.
#pragma once

#include "uhuru/sky/sphere.hpp"

#pragma GCC visibility push(default)
namespace uhuru::sky {

/// Galactic longitude, 0…360, and latitude in degrees.
struct GalacticPosition {
  double l_deg = 0;
  double b_deg = 0;
};

/// The Galactic position of a valid ICRS position. Thread-safe. Source: the rotation of the
/// Hipparcos Catalogue (ESA 1997, vol. 1, sec. 1.5.3), with the digits of IAU SOFA; astropy, which
/// goes through FK5, differs by up to 0.03 arcsec.
GalacticPosition galactic(const SkyPosition& icrs);

/// The ICRS position of a Galactic one, with a right ascension of 0…360 degrees: the inverse of
/// galactic(). Thread-safe.
SkyPosition icrs(const GalacticPosition& position);

}  // namespace uhuru::sky
#pragma GCC visibility pop
