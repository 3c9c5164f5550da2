// The coordinate and time systems of the tables that we write.
#pragma once

#include "uhuru/recipe/recipe.hpp"
#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::tables {

/// Adds the systems to which columns of `table` refer, from the detections that they are from.
/// Positions without one are declared as ICRS, see sky::declare_icrs. Thread-safe.
void add_systems(const Table& detections, const recipe::Recipe& recipe, Table& table);

}  // namespace uhuru::tables
#pragma GCC visibility pop
