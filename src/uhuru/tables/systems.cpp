#include "uhuru/tables/systems.hpp"

#include "uhuru/sky/position_columns.hpp"

namespace uhuru::tables {

void add_systems(const Table& detections, const recipe::Recipe& recipe, Table& table) {
  for (const Column& column : table.columns)
    if (const ReferenceSystem* system = detections.find_system(column.field.ref);
        system && !table.find_system(column.field.ref))
      table.systems.push_back(*system);
  sky::declare_icrs({recipe.ra_column, recipe.dec_column}, table);
}

}  // namespace uhuru::tables
