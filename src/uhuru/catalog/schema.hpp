// The tables of a catalog file and their columns.
#pragma once

#include <string>
#include <vector>

#include "uhuru/features/recipe.hpp"
#include "uhuru/table/field.hpp"

namespace uhuru {

/// What became of a clustered detection, or of a source: classified where any of its detections is,
/// else learned, of another label, without class.
enum class Standing { learned, classified, without_class, other_label };

/// "learned", "classified", "without class", "other label".
std::string_view standing_name(Standing standing);

/// Tell a catalog from other SQLite files, and its format from later ones.
constexpr int32_t catalog_application_id = 0x55485255;  // "UHRU"
constexpr int32_t catalog_format = 1;

/// A column of `sources` or `detections` as the table `columns` describes it.
struct CatalogColumn {
  Field field;        // named as the recipe and the published tables do; int64, float64 or text
  std::string sql;    // its name in the file: others where SQLite takes two for the same
  std::string role;   // what it is for whoever does not know the recipe: "ra", "probability of"
  int verbosity = 3;  // of VERB in a cone search that shows it
};

/// The columns of the tables, without their keys. `whole_observations`: the names of observations
/// are whole numbers.
std::vector<CatalogColumn> source_columns(const Recipe& recipe);
std::vector<CatalogColumn> detection_columns(const Recipe& recipe, bool whole_observations);

}  // namespace uhuru
