#include "uhuru/pipeline/detections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/features/extract.hpp"
#include "uhuru/sky/crossmatch.hpp"

namespace uhuru {
namespace {

/// The columns that later stages need besides the features.
std::vector<size_t> carried_columns(const Table& header, const Recipe& recipe) {
  header.at(recipe.name_column);  // what groups detections into sources must be there
  header.at(recipe.observation_column);
  std::vector<size_t> result;
  for (const std::string& name : {recipe.name_column, recipe.observation_column, recipe.ra_column,
                                  recipe.dec_column, recipe.labels.type_column})
    if (const Column* column = header.find(name))
      result.push_back(static_cast<size_t>(column - header.columns.data()));
  return result;
}

/// Which kind of feature a row lacks first, by its place in `kinds`; -1 where it lacks none.
int missing_kind(const Matrix& features, Eigen::Index row, const std::vector<int>& kind_of) {
  for (Eigen::Index f = 0; f < features.cols(); ++f)
    if (std::isnan(features(row, f))) return kind_of[static_cast<size_t>(f)];
  return -1;
}

Detections read_with_columns(TableReader& reader, const Recipe& recipe, bool select,
                             const std::vector<size_t>& carried, const Progress& progress) {
  Detections result;
  FeatureExtractor extractor(recipe, reader.header(), AbsentColumns::refused);
  for (const std::string& condition : extractor.conditions_left_out())
    if (select)
      result.notes.push_back(
          fmt::format("the selection {} was left out: the table lacks its column", condition));
  for (const size_t c : carried) result.table.add(reader.header().columns[c].field);

  std::vector<int> kind_of;
  for (const Feature& feature : recipe.features) {
    auto& missing = result.counts.missing;
    auto found = std::find_if(missing.begin(), missing.end(),
                              [&](const auto& entry) { return entry.first == feature.kind; });
    if (found == missing.end()) found = missing.insert(missing.end(), {feature.kind, 0});
    kind_of.push_back(static_cast<int>(found - missing.begin()));
  }

  std::vector<double> values;
  Table batch = reader.header().empty_copy();
  while (reader.read(batch)) {
    const uint64_t first_row = reader.rows_read() - batch.rows();
    const Matrix features = extractor.features(batch, first_row);
    const auto selected =
        select ? extractor.selected(batch, first_row) : std::vector<bool>(batch.rows(), true);
    for (size_t row = 0; row < batch.rows(); ++row) {
      if (!selected[row]) {
        ++result.counts.not_selected;
      } else if (const int kind = missing_kind(features, static_cast<Eigen::Index>(row), kind_of);
                 kind >= 0) {
        ++result.counts.missing[static_cast<size_t>(kind)].second;
      } else {
        for (size_t c = 0; c < carried.size(); ++c)
          result.table.columns[c].append_from(batch.columns[carried[c]], row);
        for (Eigen::Index f = 0; f < features.cols(); ++f)
          values.push_back(features(static_cast<Eigen::Index>(row), f));
        ++result.counts.kept;
      }
    }
    if (progress) progress("read", static_cast<uint64_t>(1000 * reader.fraction_read()), 1000);
  }
  result.counts.read = reader.rows_read();
  const auto columns = static_cast<Eigen::Index>(recipe.features.size());
  result.features = Eigen::Map<const Matrix>(
      values.data(), static_cast<Eigen::Index>(result.counts.kept), columns);
  if (result.counts.kept == 0) {
    std::string found = fmt::format("{} rows read", result.counts.read);
    if (result.counts.not_selected)
      found += fmt::format(", {} not selected", result.counts.not_selected);
    for (const auto& [kind, count] : result.counts.missing)
      if (count) found += fmt::format(", {} without {}", count, kind);
    throw input_error("no detection is left", "",
                      "detections that have every feature of recipe " + recipe.name, found);
  }
  return result;
}

}  // namespace

Detections read_detections(TableReader& reader, const Recipe& recipe, const Progress& progress) {
  return read_with_columns(reader, recipe, true, carried_columns(reader.header(), recipe),
                           progress);
}

ClusteredDetections read_clustered(TableReader& reader, const Recipe& recipe,
                                   const Progress& progress) {
  auto carried = carried_columns(reader.header(), recipe);
  carried.push_back(
      static_cast<size_t>(&reader.header().at("cluster") - reader.header().columns.data()));
  ClusteredDetections result;
  result.detections = read_with_columns(reader, recipe, false, carried, progress);
  Table& table = result.detections.table;
  const auto clusters = numbers(table.columns.back());
  for (size_t row = 0; row < clusters.size(); ++row) {
    constexpr int most = 9999;
    const double cluster = clusters[row];
    if (!(cluster >= 0 && cluster <= most && cluster == std::floor(cluster)))
      throw input_error(
          "unusable cluster", "detection " + cell_text(table.at(recipe.name_column), row),
          fmt::format("a whole number from 0 to {}", most), fmt::format("{}", cluster));
    result.clusters.push_back(static_cast<int>(cluster));
    result.cluster_count = std::max(result.cluster_count, static_cast<size_t>(cluster) + 1);
  }
  table.columns.pop_back();
  return result;
}

std::vector<std::string> find_labels(const Detections& detections, const Table& labels,
                                     LabelJoin join, double radius_arcsec, const Recipe& recipe,
                                     const Threads& threads) {
  const Column& type = labels.at(recipe.labels.type_column);
  const auto label_of = [&](size_t row) {
    return recipe.label(std::string(trim(cell_text(type, row))));
  };
  std::vector<std::string> result(detections.table.rows());
  if (join == LabelJoin::position) {
    const auto ours = positions(detections.table, {recipe.ra_column, recipe.dec_column});
    const auto theirs = positions(labels, {recipe.labels.ra_column, recipe.labels.dec_column});
    for (const MatchedPair& pair :
         crossmatch(ours, theirs, radius_arcsec, MatchFind::best, threads))
      result[pair.left] = label_of(pair.right);
    return result;
  }
  const Column& name = labels.at(recipe.labels.name_column);
  const Column* separation = labels.find(recipe.labels.separation_column);
  std::vector<double> separations(labels.rows(), 0.0);
  if (separation) separations = numbers(*separation);
  std::unordered_map<std::string, size_t> best;
  for (size_t row = 0; row < labels.rows(); ++row) {
    if (name.missing(row) || !(separations[row] <= radius_arcsec)) continue;
    const auto [entry, fresh] = best.try_emplace(std::string(trim(cell_text(name, row))), row);
    if (!fresh && separations[row] < separations[entry->second]) entry->second = row;
  }
  const Column& ours = detections.table.at(recipe.name_column);
  for (size_t row = 0; row < result.size(); ++row)
    if (const auto found = best.find(cell_text(ours, row));
        found != best.end() && !ours.missing(row))
      result[row] = label_of(found->second);
  return result;
}

std::vector<std::string> own_labels(const Detections& detections, const Recipe& recipe) {
  std::vector<std::string> result(detections.table.rows());
  if (const Column* type = detections.table.find(recipe.labels.type_column))
    for (size_t row = 0; row < result.size(); ++row)
      result[row] = recipe.label(std::string(trim(cell_text(*type, row))));
  return result;
}

std::vector<int> label_classes(const std::vector<std::string>& labels, const Recipe& recipe,
                               LabelCounts& counts) {
  std::vector<int> result;
  for (const std::string& label : labels) {
    int c = recipe.class_index(label);
    if (c >= 0) {
      ++counts.with_class;
    } else if (label.empty()) {
      ++counts.without_label;
    } else if (recipe.is_ambiguous(label)) {
      ++counts.ambiguous;
    } else {
      ++counts.other_label;
      c = -2;
    }
    result.push_back(c);
  }
  return result;
}

}  // namespace uhuru
