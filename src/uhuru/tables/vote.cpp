#include "uhuru/tables/vote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "uhuru/base/error.hpp"
#include "uhuru/base/missing.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/column_names.hpp"
#include "uhuru/recipe/source_columns.hpp"
#include "uhuru/tables/systems.hpp"

namespace uhuru::tables {
namespace {

/// "0.056±0.152": mean and population standard deviation, as printed in the published tables.
std::string mean_and_spread(double mean, double deviation) {
  return python_repr(numpy_round(mean, 3)) + "±" + python_repr(numpy_round(deviation, 3));
}

/// Writes the rows of the tables of sources.
class SourceWriter {
 public:
  SourceWriter(const Table& detections, const Table& anomalies,
               const method::SourceVerdicts& verdicts, const AllSources& all,
               const recipe::Recipe& recipe, const ClassColumns& columns)
      : name_(detections.at(recipe.name_column)),
        log_density_(anomalies.find("log_density")),
        percentile_(anomalies.find("density_percentile")),
        tail_(anomalies.find("tail_probability")),
        verdicts_(verdicts),
        all_(all),
        recipe_(recipe),
        columns_(columns),
        groups_(recipe.group_names()),
        group_places_(recipe.group_places()) {
    for (const std::string& column : {recipe.ra_column, recipe.dec_column})
      if (const Column* found = column.empty() ? nullptr : detections.find(column))
        position_.push_back(found);
    carried_ = position_;
    for (const recipe::Feature& feature : recipe.features)
      if (const Column* found = detections.find(feature.name)) carried_.push_back(found);
  }

  /// The published columns, without rows.
  Table published_header(bool unique) const {
    Table table;
    table.name = unique ? "uniquely_classified" : "ambiguous_classification";
    table.add(name_field());
    if (unique) {
      table.add(make_field("agg_master_class", Type::text, "Group of the class", "src.class"));
      table.add(class_field("master_class", "Class given by both soft and hard vote"));
    } else {
      table.add(make_field("hard_master_class", Type::text, "Most frequent class of the detections",
                           "src.class"));
      table.add(class_field("soft_master_class", "Class with the largest mean probability"));
    }
    table.add(detection_count_field());
    for (const std::string& c : recipe_.classes)
      table
          .add(make_field(c, Type::text,
                          "Mean and standard deviation over the detections of the probability of "
                          "class " +
                              c,
                          "stat.probability;stat.mean"))
          .field.unicode = true;
    for (const Column* column : carried_) table.add(known_field(*column));
    return table;
  }
  /// The columns of numbers_beside(), without rows.
  Table numbers_header() const {
    Table table;
    for (const auto& fields : {mean_fields(recipe_), deviation_fields(recipe_)})
      for (const Field& field : fields) table.add(field);
    return table;
  }
  void append_numbers(size_t i, Table& table) const {
    size_t c = 0;
    for (const Matrix* numbers : {&verdicts_.means, &verdicts_.deviations})
      for (const double number : numbers->row(static_cast<long>(i)))
        table.columns[c++].append_number(number);
  }

  void append_published(size_t i, Table& table) const {
    const method::SourceVerdict& verdict = verdicts_.of_sources[i];
    const auto row = static_cast<Eigen::Index>(i);
    size_t c = 0;
    const auto next = [&]() -> Column& { return table.columns[c++]; };
    next().append_from(name_, verdict.first);
    next().append_text(verdict.is_unique() ? recipe_.group_name(verdict.soft)
                                           : recipe_.class_name(verdict.hard));
    next().append_text(recipe_.class_name(verdict.soft));
    next().append(static_cast<int64_t>(verdict.detections));
    for (Eigen::Index k = 0; k < verdicts_.means.cols(); ++k)
      next().append_text(mean_and_spread(verdicts_.means(row, k), verdicts_.deviations(row, k)));
    for (const Column* column : carried_) next().append_from(*column, verdict.first);
  }

  /// Our columns, without rows.
  Table header() const {
    Table table;
    table.name = "sources";
    table.add(name_field());
    for (const Column* column : position_) table.add(known_field(*column));
    table.add(detection_count_field());
    table.add(class_field(recipe::class_column, "Class from the soft vote"));
    table.add(group_field("Most probable group"));
    table.add(
        make_field("probability", Type::float64, "Probability of the class", "stat.probability"));
    table.add(make_field("group_probability", Type::float64, "Probability of the group",
                         "stat.probability"));
    table.add(make_field("hard_class", Type::text,
                         "Class that most detections have, the first met if tied", "src.class"));
    table.add(standing_field());
    if (all_.labels) table.add(label_field("label"));
    for (const auto& fields : {class_fields(recipe_), group_fields(recipe_)})
      for (const Field& field : fields) table.add(field);
    if (columns_.combining) {
      table.add(set_field(columns_.combining->coverage));
      table.add(p_known_field());
    }
    const auto anomalies = anomaly_fields();
    const std::array from = {log_density_, percentile_, tail_};
    for (size_t a = 0; a < from.size(); ++a)
      if (from[a]) table.add(anomalies[a]).field.description += most_unusual;
    return table;
  }

  void append(size_t i, Table& table) const {
    const method::SourceVerdict& verdict = verdicts_.of_sources[i];
    const auto row = verdicts_.probabilities.row(static_cast<long>(i));
    const std::span<const double> probabilities(row.data(), static_cast<size_t>(row.size()));
    const auto of_groups = group_probabilities(probabilities, columns_.learned, group_places_);
    const size_t group = most_probable_group(of_groups);
    size_t c = 0;
    const auto next = [&]() -> Column& { return table.columns[c++]; };
    next().append_from(name_, verdict.first);
    for (const Column* column : position_) next().append_from(*column, verdict.first);
    next().append(static_cast<int64_t>(verdict.detections));
    next().append_text(recipe_.class_name(verdict.soft));
    next().append_text(groups_[group]);
    next().append(probabilities[number_of(verdict.soft)]);
    next().append(of_groups[group]);
    next().append_text(recipe_.class_name(verdict.hard));
    append_standing(verdict.source, true, table, c);
    for (size_t k = 0; k < probabilities.size(); ++k)
      next().append_number(columns_.learned.empty() || columns_.learned[k] ? probabilities[k]
                                                                           : missing_number);
    for (const double probability : of_groups) next().append_number(probability);
    if (columns_.combining) {
      next().append_text(set_text(verdict.set, recipe_));
      next().append_number(verdict.p_known);
    }
    for (const Column* column : {log_density_, percentile_})
      if (column) next().append_number(column->number(verdict.most_unusual));
    if (tail_) next().append_number(verdict.tail_probability);
  }

  /// A source of which no detection has a class, but for one without any detection.
  void append_other(size_t source, Table& table) const {
    const auto rows = all_.rows.of(source);
    if (rows.empty()) return;
    const auto of_table = [](const Table& from, const Column* column) {
      return column ? from.find(column->field.name) : nullptr;
    };
    const Column* tail = of_table(all_.anomalies, tail_);
    size_t unusual = rows[0];
    if (tail)
      for (const size_t row : rows)
        if (tail->number(row) < tail->number(unusual) || std::isnan(tail->number(unusual)))
          unusual = row;
    size_t c = 0;
    const auto next = [&]() -> Column& { return table.columns[c++]; };
    next().append_from(all_.detections.at(recipe_.name_column), rows[0]);
    for (const Column* column : position_)
      next().append_from(*of_table(all_.detections, column), rows[0]);
    next().append(int64_t{0});
    for (int i = 0; i < 5; ++i) next().append_missing();
    append_standing(source, false, table, c);
    const size_t anomalies =
        (log_density_ != nullptr) + (percentile_ != nullptr) + (tail_ != nullptr);
    while (c + anomalies < table.columns.size()) next().append_missing();
    for (const Column* column : {log_density_, percentile_})
      if (column) next().append_number(of_table(all_.anomalies, column)->number(unusual));
    if (tail_) next().append_number(method::tail_of_source(tail->number(unusual), rows.size()));
  }

 private:
  static constexpr const char* most_unusual = ", for the most unusual detection";

  Field name_field() const { return identity_field(name_.field, recipe_.name_column, recipe_); }
  /// Of a column of a position or a feature.
  Field known_field(const Column& column) const {
    for (const recipe::Feature& feature : recipe_.features)
      if (feature.name == column.field.name) {
        Field field = feature.field();
        field.type = column.field.type;
        field.description += ", for the first detection";
        return field;
      }
    return identity_field(column.field, column.field.name, recipe_);
  }

  /// Standing and label of a source.
  void append_standing(size_t source, bool classified, Table& table, size_t& c) const {
    const auto rows = all_.rows.of(source);
    table.columns[c++].append_text(standing_name(
        classified ? Standing::classified
                   : standing_without_vote(rows, [&](size_t row) { return all_.standings[row]; })));
    if (!all_.labels) return;
    const auto labelled = std::find_if(rows.begin(), rows.end(),
                                       [&](size_t row) { return !(*all_.labels)[row].empty(); });
    table.columns[c++].append_text(labelled == rows.end() ? "" : (*all_.labels)[*labelled]);
  }

  const Column& name_;
  std::vector<const Column*> position_, carried_;  // carried: position and features
  const Column *log_density_, *percentile_, *tail_;
  const method::SourceVerdicts& verdicts_;
  const AllSources& all_;
  const recipe::Recipe& recipe_;
  const ClassColumns& columns_;
  std::vector<std::string> groups_;
  std::vector<size_t> group_places_;
};

}  // namespace

SourceTables source_tables(const Table& detections, const Table& anomalies,
                           const method::SourceVerdicts& verdicts, const AllSources& all,
                           const recipe::Recipe& recipe, const ClassColumns& columns) {
  const SourceWriter writer(detections, anomalies, verdicts, all, recipe, columns);
  SourceTables result;
  result.unique = writer.published_header(true);
  result.ambiguous = writer.published_header(false);
  result.unique_numbers = result.ambiguous_numbers = writer.numbers_header();
  result.sources = writer.header();
  for (Table* table : {&result.unique, &result.ambiguous, &result.sources})
    add_systems(detections, recipe, *table);
  result.detections = verdicts.detections;
  result.without_class = verdicts.without_class;
  result.sources_without_class = verdicts.sources_without_class;
  const auto& sources = verdicts.of_sources;
  std::vector<size_t> order(sources.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return sources[a].detections > sources[b].detections;
  });
  for (const size_t i : order) {
    const bool is_unique = sources[i].is_unique();
    writer.append_published(i, is_unique ? result.unique : result.ambiguous);
    writer.append_numbers(i, is_unique ? result.unique_numbers : result.ambiguous_numbers);
    writer.append(i, result.sources);
  }
  std::vector<bool> has_vote(all.rows.count(), false);
  for (const method::SourceVerdict& verdict : sources) has_vote[verdict.source] = true;
  for (size_t source = 0; source < has_vote.size(); ++source)
    if (!has_vote[source]) writer.append_other(source, result.sources);
  return result;
}

TableClasses read_classes(const Table& detections, const recipe::Recipe& recipe) {
  const Column* ours = detections.find(recipe::class_column);
  const Column& type = ours ? *ours : detections.at("main_type");
  if (type.field.type != Type::text)
    throw input_error("classes are not text", "column " + type.field.name, "text");
  const auto names = recipe::class_columns(recipe);
  const auto rows = static_cast<Eigen::Index>(detections.rows());
  TableClasses result;
  result.probabilities.resize(rows, static_cast<long>(recipe.classes.size()));
  for (size_t c = 0; c < recipe.classes.size(); ++c) {
    const Column* column = find_ours(detections, names[c], recipe.classes[c]);
    const auto values = numbers(column ? *column : detections.at(names[c]));
    result.learned.push_back(
        std::any_of(values.begin(), values.end(), [](double p) { return !std::isnan(p); }));
    result.probabilities.col(static_cast<long>(c)) = Eigen::Map<const Vector>(values.data(), rows);
    if (!result.learned.back()) result.probabilities.col(static_cast<long>(c)).setZero();
  }
  for (size_t row = 0; row < detections.rows(); ++row) {
    auto probabilities = result.probabilities.row(static_cast<long>(row));
    auto& assigned = result.classes.emplace_back();
    if (type.missing(row)) {
      probabilities.setZero();
      continue;
    }
    assigned = recipe.find_class(type.text(row));
    if (!assigned)
      throw input_error("unknown class", fmt::format("row {}, column {}", row + 1, type.field.name),
                        "one of " + join(recipe.classes, ", "), in_quotes(type.text(row)));
    for (size_t c = 0; c < recipe.classes.size(); ++c)
      if (std::isnan(probabilities[static_cast<long>(c)]))
        throw input_error("missing probability",
                          fmt::format("row {}, column {}", row + 1, recipe.classes[c]), "a number");
  }
  if (const Column* p_known = detections.find("p_known")) result.p_known = numbers(*p_known);
  return result;
}

Table numbers_beside(const Table& published, const Table& numbers) {
  Table table = published;
  table.columns.insert(table.columns.end(), numbers.columns.begin(), numbers.columns.end());
  return table;
}

SourceTables vote_on_table(const Table& detections, const recipe::Recipe& recipe,
                           const Threads& threads, const method::Combining* combining) {
  const TableClasses found = read_classes(detections, recipe);
  const method::SourceRows sources = recipe::source_rows(detections, recipe);
  std::vector<double> tails;
  if (const Column* tail = detections.find("tail_probability")) tails = numbers(*tail);
  const AllSources all{detections, detections, sources,
                       std::vector<Standing>(detections.rows(), Standing::without_class)};
  ClassColumns columns;
  columns.combining = combining;
  columns.learned = found.learned;
  SourceTables result =
      source_tables(detections, detections, method::vote(found, tails, sources, combining, threads),
                    all, recipe, columns);
  if (auto note = note_of_old_names(detections, recipe); !note.empty())
    result.notes.push_back(std::move(note));
  return result;
}

}  // namespace uhuru::tables
