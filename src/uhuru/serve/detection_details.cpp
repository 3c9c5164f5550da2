#include "uhuru/serve/detection_details.hpp"

#include <algorithm>
#include <cmath>

#include "uhuru/base/error.hpp"
#include "uhuru/base/missing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/expression.hpp"
#include "uhuru/table/times.hpp"

namespace uhuru::serve {
namespace {

/// The columns of a table with some roles: others may have their names.
Table with_roles(const Table& table, const std::vector<catalog::CatalogColumn>& columns,
                 const std::vector<std::string>& roles) {
  Table result;
  for (size_t c = 0; c < columns.size(); ++c)
    if (std::find(roles.begin(), roles.end(), columns[c].role) != roles.end())
      result.columns.push_back(table.columns[c]);
  return result;
}

}  // namespace

std::optional<DetectionTimes> times_of(const Table& detections,
                                       const std::vector<catalog::CatalogColumn>& columns,
                                       const recipe::Recipe& recipe) {
  std::optional<DetectionTimes> best;
  int most = 0;
  for (size_t c = 0; c < columns.size(); ++c) {
    Field field = columns[c].field;
    if (columns[c].role == "observation")
      field = make_field(recipe.observation_column, field.type, "");
    else if (columns[c].role != "carried")
      continue;
    const int fit = fits_time(field);
    if (fit <= most) continue;
    std::vector<double> mjd = modified_julian_dates(detections.columns[c]);
    if (std::all_of(mjd.begin(), mjd.end(), [](double time) { return std::isnan(time); })) continue;
    best = {columns[c].page_name, std::move(mjd)};
    most = fit;
  }
  return best;
}

KnownFeatures features_of(const Table& detections,
                          const std::vector<catalog::CatalogColumn>& columns,
                          const recipe::Recipe& recipe) {
  KnownFeatures known;
  const auto rows = static_cast<Eigen::Index>(detections.rows());
  known.values =
      Matrix::Constant(rows, static_cast<Eigen::Index>(recipe.features.size()), missing_number);
  for (size_t f = 0; f < recipe.features.size(); ++f)
    for (size_t c = 0; c < columns.size(); ++c)
      if (columns[c].role == "feature" && columns[c].field.name == recipe.features[f].name)
        for (Eigen::Index row = 0; row < rows; ++row)
          known.values(row, static_cast<Eigen::Index>(f)) =
              detections.columns[c].number(static_cast<size_t>(row));
  const Table table = with_roles(detections, columns, {"feature", "carried"});
  try {
    const recipe::FeatureExtractor extractor(recipe, table, recipe::AbsentColumns::missing_values);
    known.limits = extractor.limits(table, known.values);
  } catch (const Error&) {  // a carried column is not as the recipe expects it
  }
  return known;
}

std::vector<std::string> error_columns_of(const recipe::Recipe& recipe, const std::string& feature,
                                          const std::vector<catalog::CatalogColumn>& columns) {
  const auto found = std::find_if(recipe.features.begin(), recipe.features.end(),
                                  [&](const recipe::Feature& one) { return one.name == feature; });
  if (found == recipe.features.end()) return {};
  std::vector<std::string> names = {found->lower, found->upper};
  if (!found->error.empty()) names = recipe::Expression(found->error).columns();
  std::vector<std::string> result;
  for (const catalog::CatalogColumn& column : columns)
    if (column.role == "carried" &&
        std::any_of(names.begin(), names.end(), [&](const std::string& name) {
          return same_but_case(name, column.field.name);
        }))
      result.push_back(column.page_name);
  return result;
}

}  // namespace uhuru::serve
