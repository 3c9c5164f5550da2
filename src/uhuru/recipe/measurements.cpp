#include "uhuru/recipe/measurements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "uhuru/base/text.hpp"
#include "uhuru/recipe/columns.hpp"
#include "uhuru/table/keys.hpp"

namespace uhuru::recipe {
namespace {

constexpr char between_parts = '\0';

std::optional<size_t> place_of(const Table& header, const Recipe& recipe, const std::string& name) {
  const Column* column = find_column(header, recipe, name);
  if (!column) return std::nullopt;
  return static_cast<size_t>(column - header.columns.data());
}

}  // namespace

MeasurementIndex::MeasurementIndex(const Table& header, const Recipe& recipe)
    : match_(place_of(header, recipe, recipe.match_column)), match_order_(recipe.match_order) {
  const auto name = place_of(header, recipe, recipe.name_column);
  const auto observation = place_of(header, recipe, recipe.observation_column);
  const auto region = place_of(header, recipe, recipe.region_column);
  if (!name || !observation || !region) return;
  name_ = *name;
  parts_ = {*observation};
  if (const auto interval = place_of(header, recipe, recipe.interval_column))
    parts_.push_back(*interval);
  parts_.push_back(*region);
  for (const size_t part : parts_) part_names_.push_back(header.columns[part].field.name);
}

std::string MeasurementIndex::key(const Table& batch, size_t row) const {
  std::string result;
  for (const size_t part : parts_) {
    const Column& column = batch.columns[part];
    if (column.missing(row) && (part == parts_.front() || part == parts_.back())) return {};
    result += number_key(cell_text(column, row));
    result += between_parts;
  }
  return result;
}

size_t MeasurementIndex::rank(const Table& batch, size_t row) const {
  if (!match_) return 0;
  const std::string value(trim(cell_text(batch.columns[*match_], row)));
  return static_cast<size_t>(std::find(match_order_.begin(), match_order_.end(), value) -
                             match_order_.begin());
}

void MeasurementIndex::add(const Table& batch) {
  if (parts_.empty()) {
    rows_ += batch.rows();
    return;
  }
  for (size_t row = 0; row < batch.rows(); ++row, ++rows_) {
    const std::string key_of_row = key(batch, row);
    const std::string name =
        key_of_row.empty() ? "" : std::string(trim(cell_text(batch.columns[name_], row)));
    if (name.empty()) {
      alone_.push_back(rows_);
      continue;
    }
    const size_t rank_of_row = rank(batch, row);
    Measurement& measurement = measurements_[key_of_row];
    auto& names = measurement.names;
    const bool better =
        names.empty() || std::pair(rank_of_row, name) < std::pair(measurement.rank, names.front());
    auto known = std::find(names.begin(), names.end(), name);
    if (known == names.end()) known = names.insert(names.end(), name);
    ++measurement.rows;
    if (!better) continue;
    std::iter_swap(names.begin(), known);
    measurement.row = rows_;
    measurement.rank = rank_of_row;
  }
}

std::string MeasurementIndex::example(const std::string& key) const {
  std::string result;
  size_t begin = 0;
  for (const std::string& name : part_names_) {
    const size_t end = key.find(between_parts, begin);
    result += fmt::format("{}{} {}", result.empty() ? "" : ", ", name,
                          shown(key.substr(begin, end - begin), 40));
    begin = end + 1;
  }
  return result;
}

SharedMeasurements MeasurementIndex::shared() const {
  SharedMeasurements result;
  const std::pair<const std::string, Measurement>* most = nullptr;
  for (const auto& entry : measurements_) {
    const size_t names = entry.second.names.size();
    if (names < 2) continue;
    ++result.measurements;
    result.detections += entry.second.rows;
    if (!most || names > most->second.names.size() ||
        (names == most->second.names.size() && entry.first < most->first))
      most = &entry;
  }
  if (most)
    result.note = fmt::format(
        "{} under several names, as {} detections with equal {} (for example {}: {} names)",
        result.measurements == 1 ? "1 measurement stands"
                                 : with_commas(result.measurements) + " measurements stand",
        with_commas(result.detections), join(part_names_, ", "), example(most->first),
        most->second.names.size());
  return result;
}

std::vector<bool> MeasurementIndex::chosen() const {
  std::vector<bool> result(rows_, parts_.empty());
  for (const uint64_t row : alone_) result[row] = true;
  for (const auto& [key, measurement] : measurements_) result[measurement.row] = true;
  return result;
}

}  // namespace uhuru::recipe
