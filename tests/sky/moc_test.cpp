// Coverage maps, compared with a slow version and with known pixels.
#include "uhuru/sky/moc.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/sky/healpix.hpp"

namespace uhuru {
namespace {

using testing::error_of;

/// All pixels of the finest order, one by one.
std::set<uint64_t> finest_pixels(const sky::Moc& moc) {
  std::set<uint64_t> pixels;
  for (int order = 0; order <= moc.order(); ++order)
    for (const uint64_t pixel : moc.pixels[static_cast<size_t>(order)]) {
      const int steps = 2 * (moc.order() - order);
      for (uint64_t part = 0; part < uint64_t{1} << steps; ++part)
        EXPECT_TRUE(pixels.insert((pixel << steps) + part).second) << "a pixel twice";
    }
  return pixels;
}

/// Positions all over the sky, most of them in a crowded field.
std::vector<sky::SkyPosition> draw_positions(int count) {
  RandomState random(11);
  std::vector<sky::SkyPosition> positions;
  for (int i = 0; i < count; ++i)
    if (i % 5 == 0) {
      const double ra = 360 * random.uniform();
      positions.push_back({ra, 180 * random.uniform() - 90});
    } else {
      const double ra = 83 + 8 * random.uniform();
      positions.push_back({ra, 8 * random.uniform() - 9});
    }
  return positions;
}

TEST(Moc, HoldsThePixelsOfThePositionsAndNoOthers) {
  auto positions = draw_positions(20000);
  positions.push_back({std::nan(""), 0});
  for (const int order : {0, 1, 4, 6, 9, 13, 29}) {
    std::set<uint64_t> expected;
    for (const sky::SkyPosition& position : positions)
      if (sky::is_valid(position)) expected.insert(sky::healpix_nested(position, order));
    EXPECT_EQ(finest_pixels(sky::make_moc(positions, order)), expected) << "order " << order;
  }
}

TEST(Moc, FourSiblingsAreTheirParent) {
  const sky::Moc moc = sky::make_moc(draw_positions(20000), 5);
  for (size_t order = 1; order < moc.pixels.size(); ++order) {
    std::map<uint64_t, int> siblings;
    for (const uint64_t pixel : moc.pixels[order]) EXPECT_LT(++siblings[pixel / 4], 4);
    EXPECT_TRUE(std::is_sorted(moc.pixels[order].begin(), moc.pixels[order].end()));
  }
  EXPECT_FALSE(moc.pixels[4].empty());
  RandomState random(3);
  std::vector<sky::SkyPosition> everywhere;
  for (int i = 0; i < 20000; ++i) {
    const double ra = 360 * random.uniform();
    everywhere.push_back({ra, std::asin(2 * random.uniform() - 1) / sky::radians_per_degree});
  }
  EXPECT_EQ(sky::moc_json(sky::make_moc(everywhere, 3)),
            R"({"0":[0,1,2,3,4,5,6,7,8,9,10,11],"3":[]})");
}

TEST(Moc, IsWrittenAsTheStandardSays) {
  // The pixels of these positions according to healpy: 334 and 450 of order 3.
  const std::vector<sky::SkyPosition> positions = {{83.822, -5.391}, {266.41683, -29.00781}};
  const sky::Moc moc = sky::make_moc(positions, 3);
  EXPECT_EQ(sky::moc_json(moc), R"({"3":[334,450]})");
  EXPECT_EQ(sky::moc_uniq(moc), (std::vector<int64_t>{256 + 334, 256 + 450}));
  EXPECT_EQ(sky::moc_json(sky::make_moc({}, 8)), R"({"8":[]})");
  EXPECT_TRUE(nlohmann::json::accept(sky::moc_json(sky::make_moc(draw_positions(100), 9))));
  sky::Moc two;
  two.pixels = {{3}, {}, {0, 5}};
  EXPECT_EQ(sky::moc_uniq(two), (std::vector<int64_t>{7, 64, 69}));
}

TEST(Moc, IsWrittenAsText) {
  sky::Moc moc;
  moc.pixels = {{3}, {}, {0, 1, 2, 5, 7, 8}};
  EXPECT_EQ(sky::moc_ascii(moc), "0/3 2/0-2,5,7-8");
  moc.pixels = {{}, {}};
  EXPECT_EQ(sky::moc_ascii(moc), "1/");
  EXPECT_EQ(sky::moc_ascii(sky::make_moc({}, 8)), "8/");
  moc.pixels = {{0, 1, 2}, {}};
  EXPECT_EQ(sky::moc_ascii(moc), "0/0-2 1/");
}

TEST(Moc, IsATableOfItsPixels) {
  const sky::Moc moc = sky::make_moc(draw_positions(1000), 6);
  const Table table = sky::moc_table(moc);
  const std::vector<int64_t> expected = sky::moc_uniq(moc);
  ASSERT_EQ(table.rows(), expected.size());
  for (size_t row = 0; row < expected.size(); ++row)
    ASSERT_EQ(table.columns[0].number(row), static_cast<double>(expected[row]));
  std::map<std::string, std::string> keywords;
  for (const Parameter& parameter : table.parameters)
    keywords[parameter.field.name] = parameter.value;
  EXPECT_EQ(keywords["MOCORD_S"], "6");
  EXPECT_EQ(keywords["ORDERING"], "NUNIQ");
}

TEST(Moc, RefusesOrdersWithoutBound) {
  EXPECT_EQ(error_of([] { sky::make_moc({}, -1); }).kind(), ErrorKind::usage);
  EXPECT_EQ(error_of([] { sky::make_moc({}, 30); }).expected(), "0 to 29");
}

}  // namespace
}  // namespace uhuru
