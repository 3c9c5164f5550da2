// The tables of a catalog file and their columns.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "uhuru/recipe/recipe.hpp"
#include "uhuru/table/column.hpp"

#pragma GCC visibility push(default)
namespace uhuru::catalog {

/// Distinguish a catalog from other SQLite files, and its format from later ones.
constexpr int32_t catalog_application_id = 0x55485255;  // "UHRU"
constexpr int32_t catalog_format = 2;
/// Earlier ones that are read, too: in 1, the columns had the names that the pages use.
constexpr int32_t oldest_catalog_format = 1;

/// A column of `sources` or `detections`, as described in the table `columns`.
struct CatalogColumn {
  Field field;        // named as in our tables, features as in the recipe; int64, float64 or text
  std::string sql;    // its name in the file: differs if SQLite would consider two equal
  std::string role;   // its meaning independent of the recipe: "ra", "probability of"
  int verbosity = 3;  // of VERB in a cone search that shows it
  std::string of;     // the class or group, if the role ends in "of …"
  /// Its name on the pages, in addresses, conditions and the API: "class", "TTau*", "group_XB",
  /// distinct in a table. All else is called as in the file.
  std::string page_name;
};

/// Sets the names on the pages of all columns of a table.
void name_for_pages(std::vector<CatalogColumn>& columns);

/// The columns of the tables, without their keys. `whole_observations`: the names of observations
/// are integers. `coverage`: of the sets of classes, if the model has them. `carried`: columns that
/// the recipe carries along.
std::vector<CatalogColumn> source_columns(const recipe::Recipe& recipe,
                                          std::optional<double> coverage,
                                          std::span<const Column* const> carried);
std::vector<CatalogColumn> detection_columns(const recipe::Recipe& recipe,
                                             std::optional<double> coverage,
                                             bool whole_observations,
                                             std::span<const Column* const> carried);
/// Those that the catalog tells of: positions and observations are there, but without any value, if
/// the recipe has none.
std::vector<CatalogColumn> described(std::vector<CatalogColumn> columns,
                                     const recipe::Recipe& recipe);
/// int64, float64 or text: how a column is stored in a catalog.
Type carried_type(const Column& column);

}  // namespace uhuru::catalog
#pragma GCC visibility pop
