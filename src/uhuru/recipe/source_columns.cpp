#include "uhuru/recipe/source_columns.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <unordered_map>

#include "uhuru/base/error.hpp"

namespace uhuru::recipe {

const Column* observation_column(const Table& detections, const Recipe& recipe) {
  return recipe.observation_column.empty() ? nullptr : &detections.at(recipe.observation_column);
}

ObservationOrder::ObservationOrder(const Column* observation) : column_(observation) {
  if (!observation || !observation->field.is_scalar()) return;
  numbers_ = numbers(*observation);
  for (double& number : numbers_)
    if (std::isnan(number)) number = std::numeric_limits<double>::infinity();
}

bool ObservationOrder::operator()(size_t a, size_t b) const {
  if (!numbers_.empty()) return numbers_[a] < numbers_[b];
  if (!column_) return false;
  if (column_->missing(a) || column_->missing(b))
    return !column_->missing(a) && column_->missing(b);
  return column_->text(a) < column_->text(b);
}

method::SourceRows source_rows(const Table& detections, const Recipe& recipe) {
  const Column& given = detections.at(recipe.name_column);
  const bool is_text = given.field.type == Type::text;
  const Column converted = is_text ? Column(Field()) : text_column(given);
  const Column& name = is_text ? given : converted;
  method::SourceRows sources;
  std::vector<size_t>& rows = sources.rows;
  rows.resize(detections.rows());
  std::iota(rows.begin(), rows.end(), size_t{0});
  const ObservationOrder before(observation_column(detections, recipe));
  std::stable_sort(rows.begin(), rows.end(), [&](size_t a, size_t b) {
    const int order = name.text(a).compare(name.text(b));
    return order != 0 ? order < 0 : before(a, b);
  });
  size_t named = 0;
  while (named < rows.size() && name.text(rows[named]).empty()) ++named;
  sources.begin = {named};
  for (size_t i = named + 1; i <= rows.size(); ++i)
    if (i == rows.size() || name.text(rows[i]) != name.text(rows[i - 1]))
      sources.begin.push_back(i);
  return sources;
}

std::vector<method::SourceId> source_numbers(const Table& detections, const Recipe& recipe) {
  const Column& name = detections.at(recipe.name_column);
  std::unordered_map<std::string, size_t> met;
  std::vector<method::SourceId> numbers;
  size_t sources = 0;
  for (size_t row = 0; row < name.size(); ++row) {
    if (name.missing(row)) {
      numbers.push_back(method::SourceId(sources++));
      continue;
    }
    const auto [entry, fresh] = met.try_emplace(cell_text(name, row), sources);
    sources += fresh;
    numbers.push_back(method::SourceId(entry->second));
  }
  return numbers;
}

}  // namespace uhuru::recipe
