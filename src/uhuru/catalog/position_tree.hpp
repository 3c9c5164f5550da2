// Positions of sources as an R*Tree of SQLite, for cone searches.
#pragma once

#include <array>
#include <span>
#include <string>

#include "uhuru/catalog/sqlite.hpp"
#include "uhuru/sky/sphere.hpp"

namespace uhuru::catalog {

/// A box in space, x, y, z.
struct SpaceBox {
  std::array<double, 3> low, high;
};

/// The direction of a valid position as a unit vector.
std::array<double, 3> unit_vector(const sky::SkyPosition& position);

/// The smallest box, slightly enlarged, that contains the unit vectors of all positions within
/// `radius_deg` (0…180) of a valid `center`. Neither the poles nor right ascension 0 are special.
SpaceBox cone_box(const sky::SkyPosition& center, double radius_deg);

/// Creates the virtual table `name` (a plain word) of module rtree with columns id, x0, x1, y0, y1,
/// z0, z1: the unit vectors of the valid `positions`, whose ids are their indices from 1. SQLite
/// rounds them outwards to single precision. The nodes are full, contain neighbours, and are
/// written in SQLite's storage format (its documentation of the R*Tree module, "Shadow Tables"), a
/// hundred times faster than row by row. Throws Error (input): see Database.
void write_position_tree(Database& file, const std::string& name,
                         std::span<const sky::SkyPosition> positions);

}  // namespace uhuru::catalog
