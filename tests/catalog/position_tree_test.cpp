// The R*Tree of positions: written in SQLite's storage format, its cones compared with a loop over
// all.
#include "uhuru/catalog/position_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <vector>

#include "support/support.hpp"

namespace uhuru {
namespace {

std::vector<sky::SkyPosition> random_positions(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> ra(0, 360);
  std::uniform_real_distribution<double> z(-1, 1);
  std::vector<sky::SkyPosition> positions;
  for (size_t i = 0; i < count; ++i)
    positions.push_back({ra(random), std::asin(z(random)) / sky::radians_per_degree});
  return positions;
}

/// Positions in all kinds of places: everywhere, at the poles, around right ascension 0.
std::vector<sky::SkyPosition> all_kinds() {
  auto positions = random_positions(3000, 1);
  for (const double dec : {90.0, -90.0, 89.9999, -89.9999, 0.0})
    for (const double ra : {0.0, 360.0, 359.99999, 1e-5, 180.0, -0.001, 90.0, 270.0})
      positions.push_back({ra, dec});
  for (int i = 0; i < 200; ++i) positions.push_back({83.8, -5.4});  // all the same
  positions.push_back({std::nan(""), 0});
  positions.push_back({0, 91});
  return positions;
}

std::string check_of(catalog::Database& file) {
  catalog::Statement check(file, "SELECT rtreecheck('tree')");
  return check.step() ? std::string(check.text(0)) : "";
}

TEST(PositionTree, IsWhatSqliteWantsAtAnySize) {
  for (const size_t count : {0u, 1u, 2u, 50u, 51u, 52u, 101u, 103u, 2601u, 2602u, 2700u, 10000u}) {
    const testing::ScratchFolder scratch;
    catalog::Database file = catalog::Database::create(scratch / "tree.sqlite");
    catalog::write_position_tree(file, "tree", random_positions(count, 7));
    EXPECT_EQ(check_of(file), "ok") << count;
    catalog::Statement nodes(file, "SELECT count(*) FROM tree_node");
    ASSERT_TRUE(nodes.step());
    // As few as possible, 51 cells in each, and the root.
    int64_t fewest = 1;
    for (size_t cells = count; cells > 51; fewest += static_cast<int64_t>(cells))
      cells = (cells + 50) / 51;
    EXPECT_EQ(nodes.whole(0), fewest) << count;
    catalog::Statement rows(file, "SELECT count(*), min(id), max(id) FROM tree");
    ASSERT_TRUE(rows.step());
    EXPECT_EQ(rows.whole(0), static_cast<int64_t>(count));
    if (count) {
      EXPECT_EQ(rows.whole(1), 1);
      EXPECT_EQ(rows.whole(2), static_cast<int64_t>(count));
    }
  }
}

TEST(PositionTree, HoldsTheSameAsRowsThatSqliteInserted) {
  const testing::ScratchFolder scratch;
  catalog::Database file = catalog::Database::create(scratch / "tree.sqlite");
  const auto positions = all_kinds();
  catalog::write_position_tree(file, "tree", positions);
  file.execute("CREATE VIRTUAL TABLE slow USING rtree(id, x0, x1, y0, y1, z0, z1)");
  catalog::Statement insert(file, "INSERT INTO slow VALUES (?, ?, ?, ?, ?, ?, ?)");
  for (size_t i = 0; i < positions.size(); ++i) {
    if (!sky::is_valid(positions[i])) continue;
    insert.bind(1, static_cast<int64_t>(i + 1));
    const auto vector = catalog::unit_vector(positions[i]);
    for (int axis = 0; axis < 3; ++axis)
      for (int side = 0; side < 2; ++side)
        insert.bind(2 + 2 * axis + side, vector[static_cast<size_t>(axis)]);
    insert.run();
  }
  // The same sets of ids for the same boxes; SQLite's own rounding is slightly wider than ours.
  catalog::Statement differ(
      file,
      "SELECT count(*) FROM tree AS t JOIN slow AS s USING (id) WHERE "
      "t.x0 < s.x0 OR t.x1 > s.x1 OR t.y0 < s.y0 OR t.y1 > s.y1 OR t.z0 < s.z0 OR "
      "t.z1 > s.z1");
  ASSERT_TRUE(differ.step());
  EXPECT_EQ(differ.whole(0), 0);
  catalog::Statement count(file,
                           "SELECT (SELECT count(*) FROM tree) = (SELECT count(*) FROM slow)");
  ASSERT_TRUE(count.step());
  EXPECT_EQ(count.whole(0), 1);
}

TEST(PositionTree, BoxesHoldTheirCones) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> part(0, 1);
  auto centers = all_kinds();
  for (size_t i = 0; i < centers.size(); i += 7) {
    if (!sky::is_valid(centers[i])) continue;
    for (const double radius : {0.0, 1e-9, 1e-4, 0.1, 5.0, 60.0, 90.0, 120.0, 179.9, 180.0}) {
      const catalog::SpaceBox box = catalog::cone_box(centers[i], radius);
      for (int k = 0; k < 20; ++k) {
        // On the rim, where errors in boxes appear first, and inside.
        const double distance = k % 2 ? radius : radius * part(random);
        const sky::SkyPosition position =
            sky::offset_position(centers[i], distance, 360 * part(random));
        if (sky::separation_arcsec(centers[i], position) > radius * 3600)
          continue;  // by its rounding
        const auto vector = catalog::unit_vector(position);
        for (size_t axis = 0; axis < 3; ++axis) {
          EXPECT_GE(vector[axis], box.low[axis] - 1e-15) << radius;
          EXPECT_LE(vector[axis], box.high[axis] + 1e-15) << radius;
        }
      }
      for (size_t axis = 0; axis < 3; ++axis) {
        EXPECT_LE(box.high[axis] - box.low[axis],
                  2 * std::sin(std::min(radius, 90.0) * sky::radians_per_degree) + 1e-11 +
                      (radius > 90 ? 2 : 0));
      }
    }
  }
}

}  // namespace
}  // namespace uhuru
