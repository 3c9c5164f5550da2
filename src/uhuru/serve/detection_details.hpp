// What belongs to the detections of a source besides their cells: times, errors of features.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "uhuru/catalog/schema.hpp"
#include "uhuru/recipe/extract.hpp"
#include "uhuru/recipe/recipe.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru::serve {

/// When the observations of detections were, as Modified Julian Dates; NaN if unknown.
struct DetectionTimes {
  std::string column;  // CatalogColumn::sql
  std::vector<double> mjd;
};

/// The times in the carried column, or the names of observations, that fit best (see fits_time);
/// empty if none has a time. `columns`: of the table. Thread-safe.
std::optional<DetectionTimes> times_of(const Table& detections,
                                       const std::vector<catalog::CatalogColumn>& columns,
                                       const recipe::Recipe& recipe);

/// The features of detections, and their limits, as far as carried columns have what the recipe
/// computes these from; none without such columns. Thread-safe.
struct KnownFeatures {
  Matrix values;
  recipe::Limits limits;
};
KnownFeatures features_of(const Table& detections,
                          const std::vector<catalog::CatalogColumn>& columns,
                          const recipe::Recipe& recipe);

/// The names of the carried columns from which the errors or limits of a feature are computed.
/// Thread-safe.
std::vector<std::string> error_columns_of(const recipe::Recipe& recipe, const std::string& feature,
                                          const std::vector<catalog::CatalogColumn>& columns);

}  // namespace uhuru::serve
