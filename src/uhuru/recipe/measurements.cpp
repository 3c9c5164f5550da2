#include "uhuru/recipe/measurements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "uhuru/base/packing.hpp"
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

void MeasurementIndex::Measurement::add(Measurement later) {
  if (names.empty()) {
    *this = std::move(later);
    return;
  }
  const bool better = std::pair(later.rank, later.names.front()) < std::pair(rank, names.front());
  if (better) std::swap(names, later.names);
  for (std::string& name : later.names)
    if (std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(std::move(name));
  rows += later.rows;
  if (!better) return;
  row = later.row;
  rank = later.rank;
}

void MeasurementIndex::share(const Communicator& ranks) {
  if (ranks.is_alone()) return;
  ranks_ = &ranks;
  const auto counts = ranks.of_each(rows_);
  for (const uint64_t count : counts) first_rows_.push_back(first_rows_.back() + count);
  const uint64_t first = first_rows_[static_cast<size_t>(ranks.rank())];
  std::vector<Packer> to_each(counts.size());
  for (auto& [key, measurement] : measurements_) {
    measurement.row += first;
    to_each[std::hash<std::string>()(key) % counts.size()](key, measurement);
  }
  std::vector<std::string> bytes;
  for (Packer& packer : to_each) bytes.push_back(std::move(packer.bytes));
  measurements_.clear();
  for (const std::string& from : ranks.all_to_all(bytes))
    for (Unpacker unpacker(from); !unpacker.empty();) {
      std::string key;
      Measurement measurement;
      unpacker(key, measurement);
      measurements_[key].add(std::move(measurement));
    }
}

void MeasurementIndex::Shared::add(const std::string& other_key, uint64_t other_names) {
  if (other_names < names || (other_names == names && key <= other_key)) return;
  key = other_key;
  names = other_names;
}

SharedMeasurements MeasurementIndex::shared() const {
  Shared own;
  for (const auto& [key, measurement] : measurements_) {
    if (measurement.names.size() < 2) continue;
    ++own.measurements;
    own.detections += measurement.rows;
    own.add(key, measurement.names.size());
  }
  Shared all;
  for (const std::string& bytes : ranks_->all_gather(packed(own))) {
    Shared shared;
    unpack(bytes, shared);
    all.measurements += shared.measurements;
    all.detections += shared.detections;
    all.add(shared.key, shared.names);
  }
  SharedMeasurements result{all.measurements, all.detections, ""};
  if (all.measurements)
    result.note = fmt::format(
        "{} under several names, as {} detections with equal {} (for example {}: {} names)",
        all.measurements == 1 ? "1 measurement stands"
                              : with_commas(all.measurements) + " measurements stand",
        with_commas(all.detections), join(part_names_, ", "), example(all.key), all.names);
  return result;
}

std::vector<bool> MeasurementIndex::chosen() const {
  std::vector<bool> result(rows_, parts_.empty());
  for (const uint64_t row : alone_) result[row] = true;
  // Each rank tells the others which of their rows are chosen.
  std::vector<std::vector<uint64_t>> of_ranks(static_cast<size_t>(ranks_->count()));
  for (const auto& [key, measurement] : measurements_) {
    const auto after = std::upper_bound(first_rows_.begin(), first_rows_.end(), measurement.row);
    const auto rank =
        std::min<size_t>(static_cast<size_t>(after - first_rows_.begin()) - 1, of_ranks.size() - 1);
    of_ranks[rank].push_back(measurement.row - first_rows_[rank]);
  }
  std::vector<std::string> bytes;
  for (const auto& rows : of_ranks) bytes.emplace_back(bytes_of(std::span<const uint64_t>(rows)));
  std::vector<uint64_t> own;
  for (const std::string& from : ranks_->all_to_all(bytes)) append_values(from, own);
  for (const uint64_t row : own) result[row] = true;
  return result;
}

}  // namespace uhuru::recipe
