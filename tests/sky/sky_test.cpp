#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/sky/crossmatch.hpp"

namespace uhuru {
namespace {

using testing::error_of;

/// The same angle in extended precision from another formula (Vincenty's).
double slow_separation(const sky::SkyPosition& a, const sky::SkyPosition& b) {
  const long double degree = std::numbers::pi_v<long double> / 180;
  const long double da = (static_cast<long double>(b.ra_deg) - a.ra_deg) * degree;
  const long double d1 = a.dec_deg * degree;
  const long double d2 = b.dec_deg * degree;
  const long double x = std::cos(d2) * std::sin(da);
  const long double y = std::cos(d1) * std::sin(d2) - std::sin(d1) * std::cos(d2) * std::cos(da);
  const long double z = std::sin(d1) * std::sin(d2) + std::cos(d1) * std::cos(d2) * std::cos(da);
  return static_cast<double>(std::atan2(std::hypot(x, y), z) / degree * 3600);
}

TEST(Separation, IsExactEverywhere) {
  RandomState random(1);
  for (int i = 0; i < 20000; ++i) {
    const double step = std::pow(10.0, -10 + 12 * random.uniform());  // degrees
    const sky::SkyPosition a{360 * random.uniform(), 180 * random.uniform() - 90};
    const sky::SkyPosition b{a.ra_deg + step * random.normal(),
                             std::clamp(a.dec_deg + step * random.normal(), -90.0, 90.0)};
    const double expected = slow_separation(a, b);
    // Extended precision has 64 bits: its own error for such a small angle is 1e-13 arcsec.
    EXPECT_NEAR(sky::separation_arcsec(a, b), expected, 1e-12 * expected + 1e-12);
  }
  EXPECT_EQ(sky::separation_arcsec({10, 20}, {10, 20}), 0);
  EXPECT_NEAR(sky::separation_arcsec({359.9999, 0}, {0.0001, 0}), 0.72, 1e-9);
  EXPECT_NEAR(sky::separation_arcsec({0, 89.9999}, {180, 89.9999}), 0.72, 1e-9);
  EXPECT_NEAR(sky::separation_arcsec({0, 90}, {123, 90}), 0, 1e-9);
  EXPECT_NEAR(sky::separation_arcsec({0, -90}, {0, 90}), 648000, 1e-9);
  EXPECT_NEAR(sky::separation_arcsec({10, 30}, {190, -30}), 648000, 1e-9);
  EXPECT_NEAR(sky::separation_arcsec({-10, 5}, {350, 5}), 0, 1e-12);
}

TEST(OffsetPosition, GoesAsFarAsItSays) {
  RandomState random(2);
  for (int i = 0; i < 1000; ++i) {
    const sky::SkyPosition start{360 * random.uniform(), 180 * random.uniform() - 90};
    const double distance = 170 * random.uniform();
    const sky::SkyPosition end = sky::offset_position(start, distance, 360 * random.uniform());
    EXPECT_TRUE(sky::is_valid(end));
    EXPECT_NEAR(sky::separation_arcsec(start, end), 3600 * distance, 1e-6);
  }
}

/// All pairs, by exhaustive search.
std::vector<sky::MatchedPair> slow_crossmatch(std::span<const sky::SkyPosition> left,
                                              std::span<const sky::SkyPosition> right,
                                              double radius, sky::MatchFind find) {
  std::vector<sky::MatchedPair> pairs;
  for (size_t i = 0; i < left.size(); ++i) {
    std::vector<sky::MatchedPair> found;
    for (size_t j = 0; j < right.size(); ++j) {
      if (!sky::is_valid(left[i]) || !sky::is_valid(right[j])) continue;
      const double separation = sky::separation_arcsec(left[i], right[j]);
      if (separation <= radius) found.push_back({i, j, separation});
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return a.separation_arcsec < b.separation_arcsec;
    });
    if (find == sky::MatchFind::best && found.size() > 1)
      found.erase(found.begin() + 1, found.end());
    pairs.insert(pairs.end(), found.begin(), found.end());
  }
  return pairs;
}

/// Positions in some patch of sky, with duplicates and some invalid positions.
std::vector<sky::SkyPosition> random_sky(size_t n, double ra, double dec, double size_deg,
                                         RandomState& random) {
  std::vector<sky::SkyPosition> sky;
  for (size_t i = 0; i < n; ++i) {
    if (i > 2 && random.uniform() < 0.1) {
      sky.push_back(sky[random.integer(i)]);
      continue;
    }
    sky::SkyPosition position = sky::offset_position(
        {ra, dec}, size_deg * std::sqrt(random.uniform()), 360 * random.uniform());
    if (random.uniform() < 0.05) position.ra_deg += 360 * (random.uniform() < 0.5 ? 1 : -1);
    if (random.uniform() < 0.02) position.dec_deg = std::nan("");
    if (random.uniform() < 0.02) position.dec_deg = 91;
    sky.push_back(position);
  }
  return sky;
}

TEST(Crossmatch, FindsThePairsThatAllPairsFind) {
  struct Patch {
    double ra, dec, size_deg, radius_arcsec;
  };
  const Patch patches[] = {{180, 0, 0.01, 2},    {0, 10, 0.01, 3},      {359.999, -60, 0.02, 5},
                           {0, 90, 0.01, 3},     {77, -90, 0.02, 6},    {10, 89.99, 0.05, 20},
                           {180, 0, 180, 40000}, {33, 45, 180, 300000}, {33, 45, 180, 648000},
                           {5, 5, 0.001, 0},     {200, -89.5, 1, 3600}, {0, 0, 0.5, 1800}};
  RandomState random(3);
  for (const Patch& patch : patches)
    for (const sky::MatchFind find : {sky::MatchFind::best, sky::MatchFind::all}) {
      const auto left = random_sky(250, patch.ra, patch.dec, patch.size_deg, random);
      auto right = random_sky(250, patch.ra, patch.dec, patch.size_deg, random);
      for (size_t i = 0; i < 20; ++i) right.push_back(left[i]);  // ties at separation 0
      const auto expected = slow_crossmatch(left, right, patch.radius_arcsec, find);
      for (const int threads : {1, 3}) {
        const auto pairs =
            sky::crossmatch(left, right, patch.radius_arcsec, find, Threads(threads));
        ASSERT_EQ(pairs.size(), expected.size()) << patch.dec << " " << patch.radius_arcsec;
        for (size_t i = 0; i < pairs.size(); ++i) {
          EXPECT_EQ(pairs[i].left, expected[i].left);
          EXPECT_EQ(pairs[i].right, expected[i].right);
          EXPECT_EQ(pairs[i].separation_arcsec, expected[i].separation_arcsec);
        }
      }
      EXPECT_GT(expected.size(), 10u);
    }
}

void expect_all_pairs(const std::vector<sky::SkyPosition>& left,
                      const std::vector<sky::SkyPosition>& right, double radius_arcsec,
                      const std::string& what) {
  for (const sky::MatchFind find : {sky::MatchFind::best, sky::MatchFind::all}) {
    const auto expected = slow_crossmatch(left, right, radius_arcsec, find);
    for (const int threads : {1, 2, 7}) {
      const auto pairs = sky::crossmatch(left, right, radius_arcsec, find, Threads(threads));
      const bool equal = std::equal(pairs.begin(), pairs.end(), expected.begin(), expected.end(),
                                    [](const sky::MatchedPair& a, const sky::MatchedPair& b) {
                                      return a.left == b.left && a.right == b.right &&
                                             a.separation_arcsec == b.separation_arcsec;
                                    });
      EXPECT_TRUE(equal) << what << ", radius " << radius_arcsec << ", " << pairs.size()
                         << " pairs of " << expected.size();
    }
  }
}

/// Fields that are difficult for a search by cells.
std::vector<sky::SkyPosition> hard_sky(int kind, size_t n, RandomState& random) {
  std::vector<sky::SkyPosition> sky;
  const auto small = [&] { return random.normal() * std::pow(10, -9 * random.uniform()); };
  while (sky.size() < n) {
    sky::SkyPosition p{360 * random.uniform(), 180 * random.uniform() - 90};
    switch (kind) {
      case 0:  // poles
        p.dec_deg = (random.uniform() < 0.5 ? 90 : -90);
        if (random.uniform() < 0.8) p.dec_deg -= std::copysign(std::abs(small()), p.dec_deg);
        break;
      case 1:  // right ascension 0 = 360
        p = {std::remainder(small(), 360.0) + 360 * static_cast<double>(random.integer(2)),
             10 * small()};
        break;
      case 2:  // one field of an arcmin
        p = {120 + random.uniform() / 60, 60 + random.uniform() / 60};
        break;
      case 3:  // a crowded field within the whole sky, and many equal positions
        if (random.uniform() < 0.5) p = {200 + small() / 100, -45 + small() / 100};
        if (random.uniform() < 0.2) p = {0, 0};
        break;
      case 4:  // one declination
        p.dec_deg = 33;
        break;
      case 5:  // one right ascension, and opposite to it
        p.ra_deg = random.uniform() < 0.5 ? 180 : 0;
        break;
      case 6:  // both ends of right ascension, and beyond
        p.ra_deg = 360 * (static_cast<double>(random.integer(4)) - 1) + (p.ra_deg < 90 ? 1e-13 : 0);
        break;
      default:
        break;
    }
    p.dec_deg = std::clamp(p.dec_deg, -90.0, 90.0);
    sky.push_back(p);
    if (random.uniform() < 0.02) sky.push_back({std::nan(""), 1});
    if (random.uniform() < 0.02) sky.push_back({721, -91});
  }
  return sky;
}

TEST(Crossmatch, FindsThePairsOfHardSkies) {
  RandomState random(4);
  for (int kind = 0; kind < 8; ++kind)
    for (const size_t n : {1, 2, 30, 200}) {
      const auto left = hard_sky(kind, n, random);
      auto right = hard_sky(kind, n + n / 2, random);
      right.insert(right.end(), left.begin(), left.begin() + static_cast<long>(n / 3));
      const auto what = "sky " + std::to_string(kind) + ", " + std::to_string(n) + " rows";
      for (int i = 0; i < 6; ++i)
        expect_all_pairs(left, right, 648000 * std::pow(10, -12 * random.uniform()), what);
      for (const double radius : {0.0, 1.0, 324000.0}) expect_all_pairs(left, right, radius, what);
      if (n <= 30) expect_all_pairs(left, right, 648000, what);
    }
}

TEST(Crossmatch, FindsThePairsAcrossAllParts) {
  // Enough positions for several chunks and bands; all pairs for a few rows.
  RandomState random(5);
  auto left = hard_sky(3, 6000, random);
  const auto right = hard_sky(3, 40000, random);
  for (const double radius : {0.5, 30.0, 3000.0}) {
    const auto pairs = sky::crossmatch(left, right, radius, sky::MatchFind::best, Threads(1));
    const auto again = sky::crossmatch(left, right, radius, sky::MatchFind::best, Threads(7));
    ASSERT_EQ(pairs.size(), again.size());
    for (size_t i = 0; i < pairs.size(); ++i) ASSERT_EQ(pairs[i].right, again[i].right);
    for (size_t row = 0; row < left.size(); row += 199) {
      const auto expected =
          slow_crossmatch(std::span(left).subspan(row, 1), right, radius, sky::MatchFind::best);
      const auto found =
          std::find_if(pairs.begin(), pairs.end(),
                       [&](const sky::MatchedPair& pair) { return pair.left == row; });
      ASSERT_EQ(found != pairs.end(), !expected.empty());
      if (!expected.empty()) {
        EXPECT_EQ(found->right, expected[0].right);
      }
    }
  }
}

TEST(Crossmatch, FindsNothingWhereNothingIs) {
  RandomState random(6);
  const auto left = hard_sky(7, 20, random);
  for (const double radius : {0.0, 1.0, 648000.0}) {
    expect_all_pairs(left, {}, radius, "empty");
    expect_all_pairs(left, {{std::nan(""), 0}, {0, -91}}, radius, "no position");
  }
}

TEST(Crossmatch, IsNotQuadraticForEqualPositions) {
  const std::vector<sky::SkyPosition> same(200000, {0, 0});
  const auto pairs = sky::crossmatch(same, same, 1, sky::MatchFind::best, Threads(2));
  ASSERT_EQ(pairs.size(), same.size());
  EXPECT_EQ(pairs.back().right, 0u);
}

TEST(Crossmatch, RefusesARadiusThatIsNone) {
  for (const double radius : {-1.0, 1e9, std::nan("")})
    EXPECT_EQ(
        error_of([&] { sky::crossmatch({}, {}, radius, sky::MatchFind::best, Threads(1)); }).kind(),
        ErrorKind::usage);
  EXPECT_TRUE(sky::crossmatch({}, {}, 1, sky::MatchFind::all, Threads(1)).empty());
}

Table sky_table(const std::vector<sky::SkyPosition>& sky, const std::string& extra) {
  Table table;
  for (const char* name : {"ra", "dec"}) {
    Field field;
    field.name = name;
    table.add(field);
  }
  Field field;
  field.name = extra;
  field.type = Type::text;
  table.add(field);
  for (size_t i = 0; i < sky.size(); ++i) {
    table.columns[0].append_number(sky[i].ra_deg);
    table.columns[1].append_number(sky[i].dec_deg);
    table.columns[2].append_text(extra + std::to_string(i));
  }
  return table;
}

TEST(CrossmatchTables, KeepsEveryLeftRowAndRenamesClashes) {
  const Table left = sky_table({{10, 10}, {20, 20}, {std::nan(""), 0}}, "a");
  const Table right = sky_table({{20, 20.0001}, {20, 20.0002}, {10, 89}}, "b");
  sky::CrossmatchCounts counts;
  const Table best = sky::crossmatch_tables(left, {"ra", "dec"}, right, {"ra", "dec"}, 1,
                                            sky::MatchFind::best, Threads(1), &counts);
  EXPECT_EQ(best.column_names(), (std::vector<std::string>{"ra", "dec", "a", "ra_2", "dec_2", "b",
                                                           "separation_arcsec"}));
  ASSERT_EQ(best.rows(), 3u);
  EXPECT_TRUE(best.at("b").missing(0));
  EXPECT_EQ(best.at("b").text(1), "b0");
  EXPECT_NEAR(best.at("separation_arcsec").number(1), 0.36, 1e-9);
  EXPECT_TRUE(best.at("separation_arcsec").missing(2));
  EXPECT_EQ(counts.matched, 1u);
  EXPECT_EQ(counts.without_position, 1u);
  const Table all = sky::crossmatch_tables(left, {"ra", "dec"}, right, {"ra", "dec"}, 1,
                                           sky::MatchFind::all, Threads(1));
  ASSERT_EQ(all.rows(), 4u);
  EXPECT_EQ(all.at("b").text(2), "b1");
}

TEST(JoinTables, JoinsByEqualKeys) {
  Table left = sky_table({{1, 1}, {2, 2}, {3, 3}}, "key");
  Table right = sky_table({{4, 4}, {5, 5}, {6, 6}}, "key");
  right.columns[2].clear();
  for (const char* key : {"key1", "key1", ""}) right.columns[2].append_text(key);
  const Table joined = sky::join_tables(left, "key", right, "key", sky::MatchFind::best);
  ASSERT_EQ(joined.rows(), 3u);
  EXPECT_TRUE(joined.at("ra_2").missing(0));
  EXPECT_EQ(joined.at("ra_2").number(1), 4);
  EXPECT_EQ(sky::join_tables(left, "key", right, "key", sky::MatchFind::all).rows(), 4u);
}

}  // namespace
}  // namespace uhuru
