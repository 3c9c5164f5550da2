#include "uhuru/catalog/run_data.hpp"

#include <limits>

#include "uhuru/recipe/source_columns.hpp"

namespace uhuru::catalog {
namespace {

/// Columns by name, nullptr if absent.
std::vector<const Column*> find_all(const Table& table, const std::vector<std::string>& names) {
  std::vector<const Column*> columns;
  columns.reserve(names.size());
  for (const std::string& name : names)
    columns.push_back(name.empty() ? nullptr : table.find(name));
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
      label(tables.detections.at(tables.recipe.labels.type_column)),
      observation(recipe::observation_column(tables.detections, tables.recipe)),
      position(find_all(tables.detections, {tables.recipe.ra_column, tables.recipe.dec_column})),
      features(all(tables.detections, tables.recipe.feature_names())),
      anomalies(find_all(tables.detections, anomaly_columns)),
      carried(tables::carried_columns(tables.detections, tables.recipe)),
      cluster(tables.detections.at("cluster")),
      probabilities(all(tables.classified, tables.recipe.classes)),
      assigned_(tables.classified.at("main_type")),
      voting_(tables.detections.rows(), no_row) {
  if (const method::Combining* combining = tables.columns.combining) {
    set = &tables.classified.at(tables::set_field(combining->coverage).name);
    p_known = &tables.classified.at(tables::p_known_field().name);
  }
  for (size_t i = 0; i < tables.classified_rows.size(); ++i)
    if (!assigned_.missing(i)) voting_[tables.classified_rows[i]] = i;
  const auto& begin = tables.sources.begin;
  for (size_t s = 0; s + 1 < begin.size(); ++s) sources_.push_back({begin[s], begin[s + 1]});
  const auto& verdicts = tables.verdicts.of_sources;
  for (size_t v = 0; v < verdicts.size(); ++v) sources_[verdicts[v].source].verdict = v;
}

tables::Standing RunData::standing(size_t row) const {
  if (is_learned(row)) return tables::Standing::learned;
  if (!content.labels.to_classify[row]) return tables::Standing::other_label;
  return voting_[row] == no_row ? tables::Standing::without_class : tables::Standing::classified;
}

std::string_view RunData::class_name(size_t row) const {
  if (is_learned(row)) return content.recipe.class_name(*content.labels.known[row]);
  return voting_[row] == no_row ? std::string_view() : assigned_.text(voting_[row]);
}

tables::Standing RunData::standing(const SourceDetections& source) const {
  if (source.verdict != no_row) return tables::Standing::classified;
  return tables::standing_without_vote(rows(source), [&](size_t row) { return standing(row); });
}

size_t RunData::first(const SourceDetections& source) const {
  for (const size_t row : rows(source))
    if (voting_[row] != no_row) return row;
  return rows()[source.begin];
}

}  // namespace uhuru::catalog
