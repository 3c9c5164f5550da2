#include "uhuru/catalog/position_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <tuple>
#include <vector>

#include "uhuru/sky/healpix.hpp"

namespace uhuru::catalog {
namespace {

constexpr size_t node_cells = 51;  // the maximum that SQLite stores in one
constexpr size_t cell_bytes = 8 + 6 * 4;
constexpr size_t node_bytes = 4 + node_cells * cell_bytes;

/// A node's entry for a child or a position.
struct Cell {
  int64_t id;
  std::array<float, 3> low, high;
};

float rounded(double value, double towards) {
  const auto nearest = static_cast<float>(value);
  const bool beyond = towards < 0 ? nearest <= value : nearest >= value;
  return beyond ? nearest : std::nextafter(nearest, static_cast<float>(towards));
}

Cell point_cell(int64_t id, const sky::SkyPosition& position) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Cell cell{id, {}, {}};
  const auto vector = unit_vector(position);
  for (size_t axis = 0; axis < 3; ++axis) {
    cell.low[axis] = rounded(vector[axis], -infinity);
    cell.high[axis] = rounded(vector[axis], infinity);
  }
  return cell;
}

Cell around(int64_t id, std::span<const Cell> cells) {
  Cell all{id, cells[0].low, cells[0].high};
  for (const Cell& cell : cells)
    for (size_t axis = 0; axis < 3; ++axis) {
      all.low[axis] = std::min(all.low[axis], cell.low[axis]);
      all.high[axis] = std::max(all.high[axis], cell.high[axis]);
    }
  return all;
}

template <class T>
void put_big_endian(T value, std::string& out) {
  for (int shift = 8 * (static_cast<int>(sizeof(T)) - 1); shift >= 0; shift -= 8)
    out += static_cast<char>(value >> shift);
}

std::string node_text(size_t depth, std::span<const Cell> cells) {
  std::string out;
  put_big_endian(static_cast<uint16_t>(depth), out);
  put_big_endian(static_cast<uint16_t>(cells.size()), out);
  for (const Cell& cell : cells) {
    put_big_endian(static_cast<uint64_t>(cell.id), out);
    for (size_t axis = 0; axis < 3; ++axis) {
      put_big_endian(std::bit_cast<uint32_t>(cell.low[axis]), out);
      put_big_endian(std::bit_cast<uint32_t>(cell.high[axis]), out);
    }
  }
  out.resize(node_bytes, '\0');
  return out;
}

}  // namespace

std::array<double, 3> unit_vector(const sky::SkyPosition& position) {
  const double ra = position.ra_deg * sky::radians_per_degree;
  const double dec = position.dec_deg * sky::radians_per_degree;
  return {std::cos(dec) * std::cos(ra), std::cos(dec) * std::sin(ra), std::sin(dec)};
}

SpaceBox cone_box(const sky::SkyPosition& center, double radius_deg) {
  constexpr double hair = 1e-12;  // exceeds the rounding of sines
  const double radius = radius_deg * sky::radians_per_degree;
  const auto vector = unit_vector(center);
  SpaceBox box;
  for (size_t axis = 0; axis < 3; ++axis) {
    // The angle from the axis ranges from that of the center minus the radius to that plus the
    // radius. By cos(a ± r) = cos a cos r ∓ sin a sin r, where sin a keeps its digits near the
    // axis.
    const double cos_angle = vector[axis];
    const double sin_angle = std::hypot(vector[(axis + 1) % 3], vector[(axis + 2) % 3]);
    const double angle = std::atan2(sin_angle, cos_angle);
    const double middle = cos_angle * std::cos(radius);
    const double reach = sin_angle * std::sin(radius);
    box.high[axis] = angle <= radius ? 1 : middle + reach + hair;
    box.low[axis] = angle + radius >= std::numbers::pi ? -1 : middle - reach - hair;
  }
  return box;
}

void write_position_tree(Database& file, const std::string& name,
                         std::span<const sky::SkyPosition> positions) {
  file.execute(
      fmt::format("CREATE VIRTUAL TABLE {} USING rtree(id, x0, x1, y0, y1, z0, z1)", name));
  struct Place {
    uint64_t pixel;
    int64_t id;
    bool operator<(const Place& other) const {
      return std::tie(pixel, id) < std::tie(other.pixel, other.id);
    }
  };
  std::vector<Place> places;
  for (size_t i = 0; i < positions.size(); ++i)
    if (sky::is_valid(positions[i]))
      places.push_back(
          {sky::healpix_nested(positions[i], sky::max_healpix_order), static_cast<int64_t>(i + 1)});
  std::sort(places.begin(), places.end());
  std::vector<Cell> cells;
  cells.reserve(places.size());
  for (const Place& place : places)
    cells.push_back(point_cell(place.id, positions[static_cast<size_t>(place.id - 1)]));

  Statement add_node(file, fmt::format("INSERT OR REPLACE INTO {}_node VALUES (?, ?)", name));
  Statement add_leaf(file, fmt::format("INSERT INTO {}_rowid VALUES (?, ?)", name));
  Statement add_parent(file, fmt::format("INSERT INTO {}_parent VALUES (?, ?)", name));
  const auto write_node = [&](int64_t node, size_t depth, std::span<const Cell> of_node) {
    const std::string text = node_text(depth, of_node);
    add_node.bind(1, node);
    add_node.bind_bytes(2, text);
    add_node.run();
  };
  const auto connect = [](Statement& add, std::span<const Cell> children, int64_t node) {
    for (const Cell& cell : children) {
      add.bind(1, cell.id);
      add.bind(2, node);
      add.run();
    }
  };
  int64_t last_node = 1;  // the root
  size_t depth = 0;
  for (; cells.size() > node_cells; ++depth) {
    std::vector<Cell> parents;
    // Evenly filled: SQLite requires that no node is nearly empty.
    const size_t nodes = (cells.size() + node_cells - 1) / node_cells;
    for (size_t n = 0; n < nodes; ++n) {
      const size_t begin = cells.size() * n / nodes;
      const size_t end = cells.size() * (n + 1) / nodes;
      const auto of_node = std::span<const Cell>(cells).subspan(begin, end - begin);
      write_node(++last_node, 0, of_node);
      connect(depth == 0 ? add_leaf : add_parent, of_node, last_node);
      parents.push_back(around(last_node, of_node));
    }
    cells = std::move(parents);
  }
  write_node(1, depth, cells);
  connect(depth == 0 ? add_leaf : add_parent, cells, 1);
}

}  // namespace uhuru::catalog
