#include "uhuru/sky/position_text.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "uhuru/base/numpy.hpp"

namespace uhuru {
namespace {

void expect_position(const std::string& text, double ra, double dec) {
  const auto found = sky::parse_position(text);
  ASSERT_TRUE(found) << text;
  EXPECT_NEAR(found->ra_deg, ra, 1e-11) << text;
  EXPECT_NEAR(found->dec_deg, dec, 1e-11) << text;
}

constexpr double orion_ra = (5 + 35 / 60.0 + 17.3 / 3600) * 15;
constexpr double orion_dec = -(5 + 23 / 60.0 + 28 / 3600.0);

TEST(ParsePosition, TakesDegrees) {
  for (const char* text :
       {"83.82 -5.39", " 83.82\t-5.39\n", "83.82,-5.39", "83.82 , -5.39", "83.82-5.39",
        "+83.82 -5.39", "83.82d -5.39d", "83.82deg -5.39DEG", "83.82° −5.39°",
        "83.82\u00a0\u22125.39", "8.382e1 -5.39", "83.82d-5.39", "5.588h -5.39d"})
    expect_position(text, 83.82, -5.39);
  expect_position("0 0", 0, 0);
  expect_position(".5 5.", 0.5, 5);
  expect_position("10 20", 10, 20);
  expect_position("-10 +20", 350, 20);
  expect_position("360 90", 0, 90);
  expect_position("359.999 -90", 359.999, -90);
  expect_position("10 -3.2e-05", 10, -3.2e-5);
}

TEST(ParsePosition, TakesSexagesimal) {
  for (const char* text : {"05 35 17.3 -05 23 28", "05:35:17.3 -05:23:28", "05:35:17.3, -05:23:28",
                           "5:35:17.3-5:23:28", "5h35m17.3s -5d23m28s", "5H35M17.3S -5D23M28S",
                           "05h35m17.3s, −05°23′28″", "05h 35m 17.3s, −05° 23′ 28″",
                           "5ʰ35ᵐ17.3ˢ −5°23'28\"", "5h35m17.3s-5d23'28''", "05 35 17.3 -5d23m28s",
                           "5h35m17.3 -5d23m28", "05h35m17.3s -05:23:28", "J053517.3-052328",
                           "j053517.3−052328", "2CXO J053517.3-052328", "SIMJ053517.3-052328"})
    expect_position(text, orion_ra, orion_dec);
  expect_position("5 35.3 -5 23.5", (5 + 35.3 / 60) * 15, -(5 + 23.5 / 60));
  expect_position("5 35 5 23", (5 + 35 / 60.0) * 15, 5 + 23 / 60.0);  // no sign: the middle
  expect_position("1 2 3 4 5 6", (1 + 2 / 60.0 + 3 / 3600.0) * 15, 4 + 5 / 60.0 + 6 / 3600.0);
  expect_position("1 2 3, 4 5", (1 + 2 / 60.0 + 3 / 3600.0) * 15, 4 + 5 / 60.0);
  expect_position("275d11m15s +17d59m59s", 275 + 11 / 60.0 + 15 / 3600.0,
                  17 + 59 / 60.0 + 59 / 3600.0);
  expect_position("0 0 0 -0 30 0", 0, -0.5);  // the sign of -0 counts
  expect_position("J0535.5-0523.5", (5 + 35.5 / 60) * 15, -(5 + 23.5 / 60));
  expect_position("24 0 0 -5 0 0", 0, -5);  // as others round
  expect_position("23 59 59.99 +89 59 59.9", (24 - 0.01 / 3600) * 15, 90 - 0.1 / 3600);
}

TEST(ParsePosition, TakesNothingElse) {
  for (const std::string text : {"",
                                 " ",
                                 ",",
                                 "83.82",
                                 "83.82,",
                                 ",83.82",
                                 "83.82 -5.39 1",
                                 "83.82,,-5.39",
                                 "83.82 -5,39",
                                 "83.82 - 5.39",
                                 "83.82 --5.39",
                                 "1 2 3",
                                 "1 2 3 4 5",
                                 "1 2 3 4 5 6 7 8",
                                 "M31",
                                 "Orion",
                                 "SIM J0535",
                                 "J05351-0523",
                                 "J053517.3.1-052328",
                                 "J053517.3-052328x",
                                 "2CXO J",
                                 "J+",
                                 "361 0",
                                 "-181 0",
                                 "0 90.001",
                                 "0 -90.001",
                                 "24 0 0.01 0 0 0",
                                 "25 0 0 0 0 0",
                                 "-5 35 17 -5 23 28",
                                 "5 60 0 -5 23 28",
                                 "5 35 60 -5 23 28",
                                 "5 35 17 -90 0 1",
                                 "5.5 35 17 -5 23 28",
                                 "5h35m17.3s -5h23m28s",
                                 "5m35s -5d23m",
                                 "5h17.3s -5d23m",
                                 "5:35:17: -5:23:28",
                                 "5h35:17 -5:23:28",
                                 "5:35 17 -5:23:28",
                                 "83.82 -05 23 28",
                                 "05 35 17 -5.39",
                                 "1.2.3 4",
                                 "nan 5",
                                 "inf 5",
                                 "0x10 5",
                                 "1e400 5",
                                 "1e 5",
                                 "5d35h",
                                 "83.82 -5.39 ; DROP",
                                 "é 5",
                                 "\xff\xfe",
                                 "83.82\u2003-"})
    EXPECT_FALSE(sky::parse_position(text)) << text;
  EXPECT_FALSE(sky::parse_position(std::string("1 2\0", 4)));
  EXPECT_FALSE(sky::parse_position("1" + std::string(1000, ' ') + "2"));
}

TEST(GalacticText, IsReadInAllNotations) {
  for (const char* text :
       {"l=121.2 b=-21.5", "L = 121.2, B = \u221221.5", "l 121.2 b -21.5", "glon=121.2 glat=-21.5",
        "G121.2-21.5", "g 121.2 -21.5", "gal 121.2 -21.5", "Galactic 121.2\u00b0, -21.5\u00b0",
        "gal 121.2deg -21.5deg", " l=-238.8b=-21.5 "}) {
    const auto found = sky::parse_galactic(text);
    if (std::string_view(text).find("238.8") != std::string_view::npos) {
      EXPECT_FALSE(found) << "longitudes begin at -180";
      continue;
    }
    ASSERT_TRUE(found) << text;
    EXPECT_EQ(found->l_deg, 121.2) << text;
    EXPECT_EQ(found->b_deg, -21.5) << text;
  }
  EXPECT_EQ(sky::parse_galactic("l=-10 b=5")->l_deg, 350);
  EXPECT_EQ(sky::parse_galactic("G360+90")->l_deg, 0);
}

TEST(GalacticText, AllElseIsNone) {
  for (const char* text :
       {"", "g", "gal", "121.2 -21.5", "l=121.2", "b=-21.5", "G12", "G121.2", "G361+0", "G10+91",
        "gal 1 2 3", "gal 12:30 -21", "l=1h b=2", "galaxy 1 2", "G121.2-21.5x", "l=1 b=2 b=3",
        "GRO J1655-40", "Low b 1 2"})
    EXPECT_FALSE(sky::parse_galactic(text)) << text;
}

TEST(Sexagesimal, CarriesWhatIsRoundedUp) {
  EXPECT_EQ(sky::sexagesimal({orion_ra, orion_dec}), "05 35 17.30 -05 23 28.0");
  EXPECT_EQ(sky::sexagesimal({0, 0}), "00 00 00.00 +00 00 00.0");
  EXPECT_EQ(sky::sexagesimal({(1 + 59 / 60.0 + 59.996 / 3600) * 15, 9 + 59 / 60.0 + 59.96 / 3600}),
            "02 00 00.00 +10 00 00.0");
  EXPECT_EQ(sky::sexagesimal({359.99999, 89.99999}), "00 00 00.00 +90 00 00.0");
  EXPECT_EQ(sky::sexagesimal({-0.1, -90}), "23 59 36.00 -90 00 00.0");
  EXPECT_EQ(sky::sexagesimal({720, -0.5}), "00 00 00.00 -00 30 00.0");
  EXPECT_EQ(sky::sexagesimal({10, -1e-9}), "00 40 00.00 +00 00 00.0");
  EXPECT_EQ(sky::sexagesimal({10, std::numeric_limits<double>::quiet_NaN()}), "");
  EXPECT_EQ(sky::sexagesimal({10, 91}), "");
}

TEST(Sexagesimal, IsReadBack) {
  RandomState random(3);
  for (int i = 0; i < 20000; ++i) {
    const sky::SkyPosition position{360 * random.uniform(), 180 * random.uniform() - 90};
    const auto found = sky::parse_position(sky::sexagesimal(position));
    ASSERT_TRUE(found) << sky::sexagesimal(position);
    EXPECT_NEAR(std::remainder(found->ra_deg - position.ra_deg, 360), 0, 0.075001 / 3600);
    EXPECT_NEAR(found->dec_deg, position.dec_deg, 0.050001 / 3600);
  }
}

}  // namespace
}  // namespace uhuru
