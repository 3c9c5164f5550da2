#include "uhuru/recipe/detections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/method/fit.hpp"
#include "uhuru/recipe/columns.hpp"
#include "uhuru/recipe/labels.hpp"
#include "uhuru/sky/position_columns.hpp"

namespace uhuru::recipe {
namespace {

struct KeptColumn {
  size_t place;      // in the file
  std::string name;  // in the recipe
};

/// The columns that later stages need in addition to the features, without labels.
std::vector<KeptColumn> kept_columns(const Table& header, const Recipe& recipe) {
  // The columns that group detections into sources are required.
  required_column(header, recipe, recipe.name_column);
  if (!recipe.observation_column.empty())
    required_column(header, recipe, recipe.observation_column);
  std::vector<KeptColumn> result;
  std::vector<std::string> names = {
      recipe.name_column,     recipe.observation_column, recipe.ra_column,   recipe.dec_column,
      recipe.interval_column, recipe.region_column,      recipe.match_column};
  for (const CarriedColumn& column : recipe.mission.carried) names.push_back(column.name);
  std::vector<std::string> taken = {recipe.labels.type_column};
  for (const std::string& name : names) {
    const bool is_there = std::any_of(taken.begin(), taken.end(), [&](const std::string& other) {
      return same_but_case(name, other);
    });
    const Column* column = is_there ? nullptr : find_column(header, recipe, name);
    if (!column) continue;
    taken.push_back(name);
    result.push_back({static_cast<size_t>(column - header.columns.data()), name});
  }
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

DetectionReader::DetectionReader(io::TableReader& reader, const Recipe& recipe, Keep keep)
    : DetectionReader(reader, recipe, keep, false) {}

DetectionReader DetectionReader::of_clustered(io::TableReader& reader, const Recipe& recipe) {
  return {reader, recipe, Keep::complete, true};
}

DetectionReader::DetectionReader(io::TableReader& reader, const Recipe& recipe, Keep keep,
                                 bool clustered)
    : decimal_(sky::decimal_positions(reader, position_columns(reader.header(), recipe))),
      reader_(decimal_ ? decimal_.get() : &reader),
      recipe_(&recipe),
      extractor_(recipe, reader_->header(), AbsentColumns::refused),
      keep_(keep),
      select_(!clustered),
      batch_(reader_->header().empty_copy()) {
  const Table& header = reader_->header();
  header_.systems = header.systems;
  for (const KeptColumn& column : kept_columns(header, recipe)) {
    carried_.push_back(column.place);
    Field field = carried_field(header.columns[column.place].field, column.name, recipe);
    // Numbers may be names: they are texts from here on.
    if (column.name == recipe.name_column && field.type != Type::text)
      field = text_column(Column(std::move(field))).field;
    header_.add(std::move(field));
  }
  const auto labels = find_label_columns(header, recipe);
  // A column that was asked for (--label-column) must be there.
  const auto& asked = recipe.labels.type_columns;
  if (labels.empty() && asked.size() == 1 && asked[0] != recipe.labels.type_column)
    required_column(header, recipe, asked[0]);
  for (const Column* column : labels)
    labels_.push_back(static_cast<size_t>(column - header.columns.data()));
  if (labels.size() == 1) {
    header_.add(labels[0]->field).field.name = recipe.labels.type_column;
  } else if (!labels.empty()) {
    Field field = make_field(recipe.labels.type_column, Type::text, "Label");
    field.unicode = true;
    header_.add(std::move(field));
  }
  if (clustered) {
    const Column& cluster = header.at("cluster");
    cluster_ = static_cast<size_t>(&cluster - header.columns.data());
    header_.add(cluster.field);
  }
  if (select_) check_conditions();
  for (const Feature& feature : recipe.features) {
    auto& missing = counts_.missing;
    auto found = std::find_if(missing.begin(), missing.end(),
                              [&](const auto& entry) { return entry.first == feature.kind; });
    if (found == missing.end()) found = missing.insert(missing.end(), {feature.kind, 0});
    kinds_.push_back(static_cast<size_t>(found - missing.begin()));
  }
}

void SelectionCounts::add_up(const Communicator& ranks) {
  const auto add = [&](uint64_t& count) { ranks.add_up({&count, 1}); };
  for (uint64_t* count :
       {&read, &not_selected, &without_features, &kept, &repeated, &incomplete, &out_of_range})
    add(*count);
  for (auto& [kind, count] : missing) add(count);
}

void DetectionReader::check_conditions() {
  for (const std::string& condition : extractor_.conditions_left_out()) {
    if (!recipe_->is_optional(condition))
      throw input_error("the table lacks a column of the recipe's selection",
                        "condition " + condition,
                        "its columns, or {condition = \"...\", optional = true} in the recipe" +
                            advice_on_quotes(condition, reader_->header()),
                        "columns " + join(reader_->header().column_names(), ", "));
    notes_.push_back(
        fmt::format("the selection {} was not applied: the table lacks its column", condition));
  }
}

/// At the end of the file.
void DetectionReader::finish() {
  const Communicator& ranks = reader_->ranks();
  extractor_.share(ranks, reader_->late_rows());
  counts_.add_up(ranks);
  if (counts_.kept == 0) throw_none_left();
  const auto add = [&](const std::vector<std::string>& notes) {
    notes_.insert(notes_.end(), notes.begin(), notes.end());
  };
  add(extractor_.notes(recipe_->method == method::Method::bayes));
  add(reader_->remarks());
}

bool DetectionReader::next(Table& table, Matrix& features, Limits* limits) {
  table.clear_rows();
  if (!reader_->read(batch_)) {
    finish();
    features.resize(0, static_cast<long>(kinds_.size()));
    if (limits) *limits = {};
    return false;
  }
  const uint64_t first_row = reader_->rows_before() + reader_->rows_read() - batch_.rows();
  std::vector<bool> selected(batch_.rows(), true);
  reader_->in_place([&] {
    features = extractor_.features(batch_, first_row);
    if (select_) selected = extractor_.selected(batch_, features, first_row);
  });
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
  counts_.out_of_range = extractor_.out_of_range();
  counts_.kept += kept.size();
  append_kept(kept, table);
  if (limits)
    *limits = reader_->in_place(
        [&] { return extractor_.limits(batch_, features, first_row).take(kept); });
  for (size_t i = 0; i < kept.size();
       ++i)  // i <= kept[i]: nothing is overwritten before it is read
    features.row(static_cast<long>(i)) = features.row(static_cast<long>(kept[i]));
  features.conservativeResize(static_cast<long>(kept.size()), Eigen::NoChange);
  return true;
}

/// Appends the columns of header() of these rows of the batch.
void DetectionReader::append_kept(std::span<const size_t> rows, Table& table) const {
  size_t c = 0;
  const auto append = [&](size_t place) {
    const Column& from = batch_.columns[place];
    Column& to = table.columns[c++];
    for (const size_t row : rows)
      if (to.field.type == from.field.type)
        to.append_from(from, row);
      else
        to.append_text(cell_text(from, row));
  };
  for (const size_t place : carried_) append(place);
  if (labels_.size() == 1) append(labels_[0]);
  if (labels_.size() > 1) {
    for (const size_t row : rows) {
      const auto given = std::find_if(labels_.begin(), labels_.end(), [&](size_t place) {
        return !is_missing_word(cell_text(batch_.columns[place], row));
      });
      table.columns[c].append_text(
          given == labels_.end() ? "" : trim(cell_text(batch_.columns[*given], row)));
    }
    ++c;
  }
  if (cluster_) append(*cluster_);
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

Detections read_detections(io::TableReader& reader, const Recipe& recipe, const Progress& progress,
                           Keep keep) {
  return read_all(DetectionReader(reader, recipe, keep), progress);
}

Detections Detections::take(std::span<const size_t> rows) const {
  Detections result{table.select(rows), take_rows(features, rows), limits.take(rows), counts,
                    notes};
  result.counts.kept = rows.size();
  result.counts.incomplete = rows.size() - method::complete_rows(result.features).size();
  return result;
}

ClusteredDetections read_clustered(io::TableReader& reader, const Recipe& recipe,
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
    result.clusters.push_back(method::ClusterId(static_cast<int>(cluster)));
    result.cluster_count = std::max(result.cluster_count, static_cast<size_t>(cluster) + 1);
  }
  table.columns.pop_back();
  return result;
}

}  // namespace uhuru::recipe
