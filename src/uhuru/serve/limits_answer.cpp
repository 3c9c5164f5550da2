// The errors of a feature, for all sources.
#include <algorithm>
#include <vector>

#include "uhuru/base/error.hpp"
#include "uhuru/base/missing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/serve/answers.hpp"
#include "uhuru/serve/detection_details.hpp"

namespace uhuru::serve {
namespace {

constexpr size_t rows_at_a_time = 65536;

/// The rows `first` … `last` of some columns.
Table part_of(const std::vector<const catalog::StoredColumn*>& columns, size_t first, size_t last) {
  Table table;
  for (const catalog::StoredColumn* stored : columns) {
    Field field = stored->column.field;
    field.type = Type::float64;
    Column& column = table.add(field);
    for (size_t row = first; row < last; ++row) column.append(stored->numbers[row]);
  }
  return table;
}

}  // namespace

ApiAnswer CatalogApi::limits(const Parameters& parameters) {
  Query query(parameters);
  const std::string name = query.text("column", "");
  query.end();
  const catalog::StoredColumn& asked = store_.at(name);
  const auto features = recipe_.feature_names();
  const auto errors = error_columns(asked.column.field.name);
  const auto found = std::find(features.begin(), features.end(), asked.column.field.name);
  if (asked.column.role != "feature" || found == features.end() || errors.empty())
    throw NotFound(ErrorKind::input, "the errors of this column are not known", in_quotes(name),
                   "a feature with errors in /api/catalog");
  const auto place = found - features.begin();
  std::vector<const catalog::StoredColumn*> stored;
  std::vector<catalog::CatalogColumn> columns;
  for (const catalog::StoredColumn& column : store_.columns())
    if (!column.is_text() &&
        (&column == &asked ||
         std::find(errors.begin(), errors.end(), column.column.page_name) != errors.end())) {
      stored.push_back(&column);
      columns.push_back(column.column);
    }
  std::vector<float> result;
  result.reserve(2 * store_.size());
  for (size_t first = 0; first < store_.size(); first += rows_at_a_time) {
    const size_t last = std::min(store_.size(), first + rows_at_a_time);
    const recipe::Limits limits =
        features_of(part_of(stored, first, last), columns, recipe_).limits;
    const bool known = limits.lower.cols() > place;
    for (Eigen::Index row = 0; row < static_cast<Eigen::Index>(last - first); ++row)
      for (const Matrix* side : {&limits.lower, &limits.upper})
        result.push_back(static_cast<float>(known ? (*side)(row, place) : missing_number));
  }
  return {binary_type,
          std::string(reinterpret_cast<const char*>(result.data()), result.size() * sizeof(float))};
}

}  // namespace uhuru::serve
