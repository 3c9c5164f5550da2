#include "uhuru/sky/healpix.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"

namespace uhuru {
namespace {

using testing::error_of;

sky::SkyPosition draw(RandomState& random) {
  const double ra = 360 * random.uniform();
  return {ra, 180 * random.uniform() - 90};
}

// The expected numbers are those of healpy 1.16: ang2pix(2**order, ra, dec, nest=True,
// lonlat=True), except for the vernal point vec2pix(2**order, 1, 0, 0, nest=True): ang2pix treats
// cos(pi / 2) as 0.
TEST(Healpix, GivesHealpysPixels) {
  struct Known {
    sky::SkyPosition position;
    std::array<uint64_t, 4> pixels;  // of orders 0, 3, 10, 29
  };
  const Known known[] = {{{0, 0}, {4, 282, 4631210, 1273017494670060202}},
                         {{45, 0}, {5, 362, 5941930, 1633305464859699882}},
                         {{90, 0}, {5, 346, 5679786, 1561247870821771946}},
                         {{180, 0}, {6, 410, 6728362, 1849478246973483690}},
                         {{270, 0}, {7, 474, 7776938, 2137708623125195434}},
                         {{359.999, 0}, {4, 293, 4805973, 1321055890713503142}},
                         {{360, 0}, {4, 282, 4631210, 1273017494670060202}},
                         {{0, 90}, {0, 63, 1048575, 288230376151711743}},
                         {{123, 90}, {1, 127, 2097151, 576460752303423487}},
                         {{300, 90}, {3, 255, 4194303, 1152921504606846975}},
                         {{0, -90}, {8, 512, 8388608, 2305843009213693952}},
                         {{200, -90}, {10, 640, 10485760, 2882303761517117440}},
                         {{0, 45}, {0, 42, 703146, 193279485439360954}},
                         {{45, 45}, {0, 48, 789504, 217017208117448652}},
                         {{83.822, -5.391}, {5, 334, 5488553, 1508682038483372758}},
                         {{266.41683, -29.00781}, {7, 450, 7380516, 2028740913184699884}},
                         {{10.684, 41.269}, {0, 42, 693522, 190633880112876576}},
                         {{45, 41.8103148957786}, {0, 48, 786432, 216172782113783808}},
                         {{0, -41.8103148957786}, {8, 554, 9087658, 2497996593314835114}},
                         {{299.59, 35.2}, {3, 228, 3745997, 1029691833921620440}},
                         {{135, 89.99}, {1, 127, 2097151, 576460748075561935}},
                         {{315, -89.99}, {11, 704, 11534336, 3170534141896690736}}};
  constexpr std::array orders = {0, 3, 10, 29};
  for (const Known& entry : known)
    for (size_t i = 0; i < orders.size(); ++i)
      EXPECT_EQ(sky::healpix_nested(entry.position, orders[i]), entry.pixels[i])
          << entry.position.ra_deg << " " << entry.position.dec_deg << ", order " << orders[i];
}

TEST(Healpix, GivesHealpysPixelsAllOverTheSky) {
  // The sum over 1000 positions of number times pixel, modulo 2^64, for each order.
  const std::array<uint64_t, 30> sums = {2730969u,
                                         11692820u,
                                         47518410u,
                                         190806357u,
                                         763969626u,
                                         3056661558u,
                                         12227407599u,
                                         48910413519u,
                                         195642394025u,
                                         782570302411u,
                                         3130281970324u,
                                         12521128656476u,
                                         50084515345974u,
                                         200338062128787u,
                                         801352249264075u,
                                         3205408997771408u,
                                         12821635991841203u,
                                         51286543968112802u,
                                         205146175873192911u,
                                         820584703493517166u,
                                         3282338813974817324u,
                                         13129355255900022021u,
                                         15623932876181739909u,
                                         7155499283599075213u,
                                         10175253060687505599u,
                                         3807524095331671529u,
                                         15230096381327438747u,
                                         5580153304181840651u,
                                         3873869143018533342u,
                                         15495476572074877870u};
  for (int order = 0; order <= sky::max_healpix_order; ++order) {
    RandomState random(7);
    uint64_t sum = 0;
    for (uint64_t i = 1; i <= 1000; ++i) sum += i * sky::healpix_nested(draw(random), order);
    EXPECT_EQ(sum, sums[static_cast<size_t>(order)]) << "order " << order;
  }
}

/// The pixel by bisecting the squares of the projected sphere, in extended precision.
uint64_t slow_pixel(const sky::SkyPosition& position, int order) {
  const long double degree = std::numbers::pi_v<long double> / 180;
  const long double z = std::sin(position.dec_deg * degree);
  long double x = position.ra_deg / 90.0L;  // in quarters of the equator
  long double y = 0.75L * z;
  if (std::abs(z) > 2.0L / 3) {
    const long double width =
        std::sqrt(6.0L) * std::sin((90 - std::abs(position.dec_deg)) / 2.0L * degree);
    const long double middle = std::floor(x) + 0.5L;
    x = middle + (x - middle) * width;
    y = std::copysign(1 - width / 2, z);
  }
  for (int face = 0; face < 12; ++face) {
    const int row = face / 4;
    const long double center_x = face % 4 + (row == 1 ? 0.0L : 0.5L);
    const long double dy = y - (1 - row) / 2.0L;
    for (const int turn : {0, 4}) {
      const long double dx = x - center_x - turn;
      long double east = dy + dx;
      long double west = dy - dx;
      if (std::abs(east) > 0.5L || std::abs(west) > 0.5L) continue;
      auto pixel = static_cast<uint64_t>(face);
      long double half = 0.25L;
      for (int level = 0; level < order; ++level, half /= 2) {
        pixel = 4 * pixel + (east >= 0 ? 1 : 0) + (west >= 0 ? 2 : 0);
        east += east >= 0 ? -half : half;
        west += west >= 0 ? -half : half;
      }
      return pixel;
    }
  }
  ADD_FAILURE() << "no face holds the position";
  return 0;
}

TEST(Healpix, IsWhatHalvingSquaresGives) {
  RandomState random(8);
  for (int i = 0; i < 20000; ++i) {
    sky::SkyPosition position = draw(random);
    if (i % 4 == 0)  // near a pole
      position.dec_deg =
          std::copysign(90 - 90 * std::pow(10, -10 * random.uniform()), position.dec_deg);
    const int order =
        static_cast<int>(random.integer(28));  // finer orders exceed the precision of a double
    EXPECT_EQ(sky::healpix_nested(position, order), slow_pixel(position, order))
        << position.ra_deg << " " << position.dec_deg << ", order " << order;
  }
}

TEST(Healpix, PixelsAreNestedAndEqualInArea) {
  RandomState random(9);
  std::array<int, 192> counts{};
  constexpr int draws = 192000;
  for (int i = 0; i < draws; ++i) {
    const double dec = std::asin(2 * random.uniform() - 1) / sky::radians_per_degree;
    const sky::SkyPosition position{1080 * random.uniform() - 360, dec};
    const uint64_t pixel = sky::healpix_nested(position, 2);
    ++counts.at(pixel);
    EXPECT_EQ(sky::healpix_nested(position, sky::max_healpix_order) >> 54, pixel);
    EXPECT_EQ(sky::healpix_nested(
                  {position.ra_deg < 0 ? position.ra_deg + 360 : position.ra_deg, dec}, 2),
              pixel);
  }
  for (const int count : counts) EXPECT_NEAR(count, draws / 192.0, 6 * std::sqrt(draws / 192.0));
}

TEST(Healpix, RefusesWhatIsNoOrderOrPosition) {
  EXPECT_EQ(error_of([] { sky::healpix_nested({0, 0}, -1); }).kind(), ErrorKind::usage);
  EXPECT_EQ(error_of([] { sky::healpix_nested({0, 0}, 30); }).kind(), ErrorKind::usage);
  EXPECT_EQ(error_of([] { sky::healpix_nested({0, 91}, 3); }).kind(), ErrorKind::bug);
  EXPECT_EQ(error_of([] { sky::healpix_nested({std::nan(""), 0}, 3); }).kind(), ErrorKind::bug);
}

}  // namespace
}  // namespace uhuru
