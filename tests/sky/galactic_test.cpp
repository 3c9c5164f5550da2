#include "uhuru/sky/galactic.hpp"

#include <gtest/gtest.h>

namespace uhuru {
namespace {

TEST(Galactic, AgreesWithAstropy) {
  // ra, dec, and SkyCoord(ra, dec, frame="icrs").galactic of astropy 5.2.
  const double cases[][4] = {{0, 0, 96.337283370, -60.188551947},
                             {83.82, -5.39, 209.011700793, -19.382948686},
                             {266.4168371, -29.0078106, 359.944257280, -0.046167820},
                             {10.6847083, 41.26875, 121.174329037, -21.573308798},
                             {13.1867, -72.8286, 302.796944713, -44.299309373},
                             {359.999, 89.999, 122.931675167, 27.127277500},
                             {45.5, -90, 302.931925255, -27.128252415}};
  for (const auto& [ra, dec, l, b] : cases) {
    const sky::GalacticPosition found = sky::galactic({ra, dec});
    EXPECT_NEAR(found.l_deg, l, 3e-5) << ra << " " << dec;  // 0.1 arcsec
    EXPECT_NEAR(found.b_deg, b, 1e-5) << ra << " " << dec;
  }
  EXPECT_NEAR(sky::galactic({192.8594812, 27.1282512}).b_deg, 90, 1e-4);
}

TEST(Galactic, IsARotation) {
  for (int ra = 0; ra < 360; ra += 17)
    for (int dec = -90; dec <= 90; dec += 15) {
      const sky::SkyPosition a{1.0 * ra, 1.0 * dec};
      const sky::SkyPosition b{ra + 31.0, dec / 2.0};
      const sky::GalacticPosition ga = sky::galactic(a);
      const sky::GalacticPosition gb = sky::galactic(b);
      EXPECT_TRUE(ga.l_deg >= 0 && ga.l_deg < 360);
      EXPECT_NEAR(sky::separation_arcsec({ga.l_deg, ga.b_deg}, {gb.l_deg, gb.b_deg}),
                  sky::separation_arcsec(a, b), 1e-6);
    }
}

TEST(Galactic, HasAnInverse) {
  for (int ra = 0; ra < 360; ra += 13)
    for (int dec = -90; dec <= 90; dec += 15) {
      const sky::SkyPosition position{1.0 * ra, 1.0 * dec};
      const sky::SkyPosition back = sky::icrs(sky::galactic(position));
      EXPECT_TRUE(back.ra_deg >= 0 && back.ra_deg < 360);
      EXPECT_LT(sky::separation_arcsec(back, position), 1e-6) << ra << " " << dec;
    }
  // The center of the Galaxy's coordinates.
  const sky::SkyPosition center = sky::icrs({0, 0});
  EXPECT_NEAR(center.ra_deg, 266.404996, 1e-4);
  EXPECT_NEAR(center.dec_deg, -28.936172, 1e-4);
}

}  // namespace
}  // namespace uhuru
