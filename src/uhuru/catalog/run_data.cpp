#include "uhuru/catalog/run_data.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace uhuru {
namespace {

/// Columns by name, nullptr if absent.
std::vector<const Column*> find_all(const Table& table, const std::vector<std::string>& names) {
  std::vector<const Column*> columns;
  columns.reserve(names.size());
  for (const std::string& name : names) columns.push_back(table.find(name));
  return columns;
}

std::vector<const Column*> all(const Table& table, const std::vector<std::string>& names) {
  std::vector<const Column*> columns;
  columns.reserve(names.size());
  for (const std::string& name : names) columns.push_back(&table.at(name));
  return columns;
}

const std::vector<std::string> anomaly_columns = {"log_density", "density_percentile",
                                                  "tail_probability"};

}  // namespace

void NumberBlock::take(std::span<const size_t> rows) {
  values_.assign(rows.size() * columns_.size(), std::numeric_limits<double>::quiet_NaN());
  for (size_t c = 0; c < columns_.size(); ++c) {
    if (!columns_[c]) continue;
    double* to = values_.data() + c;
    for (size_t i = 0; i < rows.size(); ++i)
      if (rows[i] != no_row) to[i * columns_.size()] = columns_[c]->number(rows[i]);
  }
}

RunData::RunData(const CatalogContent& tables)
    : content(tables),
      name(tables.detections.at(tables.recipe.name_column)),
      observation(tables.detections.at(tables.recipe.observation_column)),
      label(tables.detections.at(tables.recipe.labels.type_column)),
      voted_class(tables.sources.at("class")),
      voted_group(tables.sources.at("group")),
      voted_hard(tables.sources.at("hard_class")),
      position(find_all(tables.detections, {tables.recipe.ra_column, tables.recipe.dec_column})),
      features(all(tables.detections, tables.recipe.feature_names())),
      anomalies(find_all(tables.detections, anomaly_columns)),
      cluster(tables.detections.at("cluster")),
      probabilities(all(tables.classified, tables.recipe.classes)),
      voted_numbers(all(tables.sources, {"probability"})),
      assigned_(tables.classified.at("main_type")),
      voting_(tables.detections.rows(), no_row) {
  for (const auto& columns :
       {all(tables.sources, tables.recipe.classes), find_all(tables.sources, anomaly_columns)})
    voted_numbers.insert(voted_numbers.end(), columns.begin(), columns.end());
  for (size_t i = 0; i < tables.classified_rows.size(); ++i)
    if (!assigned_.missing(i)) voting_[tables.classified_rows[i]] = i;
  group_by_source();
}

void RunData::group_by_source() {
  const Column& voted_name = content.sources.at(content.recipe.name_column);
  std::vector<size_t> voted(content.sources.rows());
  std::iota(voted.begin(), voted.end(), size_t{0});
  std::sort(voted.begin(), voted.end(),
            [&](size_t a, size_t b) { return voted_name.text(a) < voted_name.text(b); });
  auto next = voted.begin();
  for (size_t begin = 0, end = 0; begin < rows().size(); begin = end) {
    const auto of_source = name.text(rows()[begin]);
    for (end = begin + 1; end < rows().size() && name.text(rows()[end]) == of_source;) ++end;
    if (of_source.empty()) continue;
    SourceDetections source{begin, end};
    if (next != voted.end() && voted_name.text(*next) == of_source) source.voted = *next++;
    sources_.push_back(source);
  }
}

Standing RunData::standing(size_t row) const {
  if (content.label_classes[row] >= 0) return Standing::learned;
  if (content.label_classes[row] < -1) return Standing::other_label;
  return voting_[row] == no_row ? Standing::without_class : Standing::classified;
}

std::string_view RunData::class_name(size_t row) const {
  if (content.label_classes[row] >= 0)
    return content.recipe.classes[static_cast<size_t>(content.label_classes[row])];
  return voting_[row] == no_row ? std::string_view() : assigned_.text(voting_[row]);
}

Standing RunData::standing(const SourceDetections& source) const {
  if (source.voted != no_row) return Standing::classified;
  for (const Standing wanted : {Standing::learned, Standing::other_label})
    for (const size_t row : rows(source))
      if (standing(row) == wanted) return wanted;
  return Standing::without_class;
}

size_t RunData::first(const SourceDetections& source) const {
  for (const size_t row : rows(source))
    if (voting_[row] != no_row) return row;
  return rows()[source.begin];
}

}  // namespace uhuru
