#include "uhuru/pipeline/detections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/sky/crossmatch.hpp"

namespace uhuru {
namespace {

/// The columns that later stages need in addition to the features.
std::vector<size_t> carried_columns(const Table& header, const Recipe& recipe) {
  header.at(recipe.name_column);  // the columns that group detections into sources are required
  header.at(recipe.observation_column);
  std::vector<size_t> result;
  for (const std::string& name : {recipe.name_column, recipe.observation_column, recipe.ra_column,
                                  recipe.dec_column, recipe.labels.type_column})
    if (const Column* column = header.find(name))
      result.push_back(static_cast<size_t>(column - header.columns.data()));
  return result;
}

Detections read_all(DetectionReader detections, const Progress& progress) {
  Detections result;
  result.table = detections.header().empty_copy();
  Table rows = detections.header().empty_copy();
  Matrix features;
  Limits limits;
  std::vector<double> values, lower, upper;
  const auto add = [](const Matrix& from, std::vector<double>& to) {
    to.insert(to.end(), from.data(), from.data() + from.size());
  };
  while (detections.next(rows, features, &limits)) {
    result.table.append_rows(rows);
    add(features, values);
    add(limits.lower, lower);
    add(limits.upper, upper);
    if (progress) progress("read", static_cast<uint64_t>(1000 * detections.fraction_read()), 1000);
  }
  result.counts = detections.counts();
  result.notes = detections.notes();
  const auto matrix = [&](const std::vector<double>& from) {
    return Eigen::Map<const Matrix>(
        from.data(), static_cast<Eigen::Index>(from.size()) / features.cols(), features.cols());
  };
  result.features = matrix(values);
  result.limits = {matrix(lower), matrix(upper)};
  return result;
}

}  // namespace

DetectionReader::DetectionReader(TableReader& reader, const Recipe& recipe, Keep keep)
    : DetectionReader(reader, recipe, keep, false) {}

DetectionReader DetectionReader::of_clustered(TableReader& reader, const Recipe& recipe) {
  return {reader, recipe, Keep::complete, true};
}

DetectionReader::DetectionReader(TableReader& reader, const Recipe& recipe, Keep keep,
                                 bool clustered)
    : reader_(&reader),
      recipe_(&recipe),
      extractor_(recipe, reader.header(), AbsentColumns::refused),
      keep_(keep),
      select_(!clustered),
      carried_(carried_columns(reader.header(), recipe)),
      batch_(reader.header().empty_copy()) {
  if (clustered)
    carried_.push_back(
        static_cast<size_t>(&reader.header().at("cluster") - reader.header().columns.data()));
  for (const size_t c : carried_) header_.add(reader.header().columns[c].field);
  for (const std::string& condition : extractor_.conditions_left_out())
    if (select_)
      notes_.push_back(
          fmt::format("the selection {} was not applied: the table lacks its column", condition));
  for (const Feature& feature : recipe.features) {
    auto& missing = counts_.missing;
    auto found = std::find_if(missing.begin(), missing.end(),
                              [&](const auto& entry) { return entry.first == feature.kind; });
    if (found == missing.end()) found = missing.insert(missing.end(), {feature.kind, 0});
    kinds_.push_back(static_cast<size_t>(found - missing.begin()));
  }
}

bool DetectionReader::next(Table& table, Matrix& features, Limits* limits) {
  table.clear_rows();
  if (!reader_->read(batch_)) {
    if (counts_.kept == 0) throw_none_left();
    for (std::string& remark : reader_->remarks()) notes_.push_back(std::move(remark));
    features.resize(0, static_cast<long>(kinds_.size()));
    if (limits) *limits = {};
    return false;
  }
  const uint64_t first_row = reader_->rows_read() - batch_.rows();
  features = extractor_.features(batch_, first_row);
  const auto selected =
      select_ ? extractor_.selected(batch_, first_row) : std::vector<bool>(batch_.rows(), true);
  std::vector<size_t> kept;
  for (size_t row = 0; row < batch_.rows(); ++row) {
    const double* values = features.row(static_cast<long>(row)).data();
    const auto lacking = std::find_if(values, values + features.cols(),
                                      [](double value) { return std::isnan(value); });
    const bool complete = lacking == values + features.cols();
    const bool none = std::all_of(values, values + features.cols(),
                                  [](double value) { return std::isnan(value); });
    if (!selected[row])
      ++counts_.not_selected;
    else if (none && keep_ == Keep::any_feature)
      ++counts_.without_features;
    else if (!complete && keep_ == Keep::complete)
      ++counts_.missing[kinds_[static_cast<size_t>(lacking - values)]].second;
    else
      kept.push_back(row);
    counts_.incomplete += !complete && !kept.empty() && kept.back() == row;
  }
  counts_.read = reader_->rows_read();
  counts_.kept += kept.size();
  for (size_t c = 0; c < carried_.size(); ++c)
    for (const size_t row : kept) table.columns[c].append_from(batch_.columns[carried_[c]], row);
  for (size_t i = 0; i < kept.size();
       ++i)  // i <= kept[i]: nothing is overwritten before it is read
    features.row(static_cast<long>(i)) = features.row(static_cast<long>(kept[i]));
  features.conservativeResize(static_cast<long>(kept.size()), Eigen::NoChange);
  if (limits) *limits = extractor_.limits(batch_, first_row).take(kept);
  return true;
}

void DetectionReader::throw_none_left() const {
  std::string found = fmt::format("{} rows read", counts_.read);
  if (counts_.not_selected) found += fmt::format(", {} not selected", counts_.not_selected);
  for (const auto& [kind, count] : counts_.missing)
    if (count) found += fmt::format(", {} without {}", count, kind);
  if (counts_.without_features)
    found += fmt::format(", {} without any feature", counts_.without_features);
  throw input_error("no detections left", "",
                    fmt::format("detections that have {} feature of recipe {}",
                                keep_ == Keep::complete ? "every" : "any", recipe_->name),
                    found);
}

Detections read_detections(TableReader& reader, const Recipe& recipe, const Progress& progress,
                           Keep keep) {
  return read_all(DetectionReader(reader, recipe, keep), progress);
}

std::vector<size_t> complete_rows(const Matrix& features) {
  std::vector<size_t> rows;
  for (Eigen::Index row = 0; row < features.rows(); ++row)
    if (!features.row(row).hasNaN()) rows.push_back(static_cast<size_t>(row));
  return rows;
}

std::vector<size_t> source_numbers(const Table& detections, const Recipe& recipe) {
  const Column& name = detections.at(recipe.name_column);
  std::unordered_map<std::string, size_t> met;
  std::vector<size_t> numbers;
  size_t sources = 0;
  for (size_t row = 0; row < name.size(); ++row) {
    if (name.missing(row)) {
      numbers.push_back(sources++);
      continue;
    }
    const auto [entry, fresh] = met.try_emplace(cell_text(name, row), sources);
    sources += fresh;
    numbers.push_back(entry->second);
  }
  return numbers;
}

ClusteredDetections read_clustered(TableReader& reader, const Recipe& recipe,
                                   const Progress& progress) {
  ClusteredDetections result;
  result.detections = read_all(DetectionReader::of_clustered(reader, recipe), progress);
  Table& table = result.detections.table;
  const auto clusters = numbers(table.columns.back());
  for (size_t row = 0; row < clusters.size(); ++row) {
    constexpr int most = 9999;
    const double cluster = clusters[row];
    if (!(cluster >= 0 && cluster <= most && cluster == std::floor(cluster)))
      throw input_error("invalid cluster",
                        "detection " + cell_text(table.at(recipe.name_column), row),
                        fmt::format("an integer from 0 to {}", most), fmt::format("{}", cluster));
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
    if (const auto found = best.find(std::string(trim(cell_text(ours, row))));
        found != best.end() && !ours.missing(row))
      result[row] = label_of(found->second);
  return result;
}

std::vector<std::string> find_labels(const Detections& detections, const Input& labels,
                                     const LabelledInput& input, const Recipe& recipe,
                                     const Threads& threads, std::vector<std::string>& notes) {
  const Table table = read_table(*labels.open(threads));
  notes.insert(notes.end(), table.notes.begin(), table.notes.end());
  try {
    table.at(recipe.labels.type_column);
    if (input.join == LabelJoin::name) table.at(recipe.labels.name_column);
    if (input.join == LabelJoin::position) {
      table.at(recipe.labels.ra_column);
      table.at(recipe.labels.dec_column);
    }
  } catch (const Error& error) {
    throw error.within(labels.name());
  }
  return find_labels(detections, table, input.join, input.radius_arcsec, recipe, threads);
}

std::vector<std::string> own_labels(const Table& detections, const Recipe& recipe) {
  std::vector<std::string> result(detections.rows());
  if (const Column* type = detections.find(recipe.labels.type_column))
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
