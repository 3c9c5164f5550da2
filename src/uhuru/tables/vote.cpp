#include "uhuru/tables/vote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "uhuru/base/error.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/source_columns.hpp"

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
               const method::SourceVerdicts& verdicts, const recipe::Recipe& recipe)
      : name_(detections.at(recipe.name_column)),
        log_density_(anomalies.find("log_density")),
        percentile_(anomalies.find("density_percentile")),
        tail_(anomalies.find("tail_probability")),
        verdicts_(verdicts),
        recipe_(recipe) {
    for (const std::string& column : {recipe.ra_column, recipe.dec_column})
      if (const Column* found = detections.find(column)) position_.push_back(found);
    carried_ = position_;
    for (const recipe::Feature& feature : recipe.features)
      if (const Column* found = detections.find(feature.name)) carried_.push_back(found);
  }

  /// The published columns, without rows.
  Table published_header(bool unique) const {
    Table table;
    table.add(name_.field);
    if (unique) {
      table.add(make_field("agg_master_class", Type::text, "Group of the class"));
      table.add(make_field("master_class", Type::text, "Class given by both soft and hard vote"));
    } else {
      table.add(
          make_field("hard_master_class", Type::text, "Most frequent class of the detections"));
      table.add(
          make_field("soft_master_class", Type::text, "Class with the largest mean probability"));
    }
    table.add(
        make_field("detection_count", Type::int64, "Detections of the source that have a class"));
    for (const std::string& c : recipe_.classes)
      table
          .add(make_field(c, Type::text,
                          "Mean and standard deviation of the probability over the detections"))
          .field.unicode = true;
    for (const Column* column : carried_) table.add(column->field);
    return table;
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
    table.add(name_.field);
    for (const Column* column : position_) table.add(column->field);
    table.add(
        make_field("detection_count", Type::int64, "Detections of the source that have a class"));
    table.add(make_field("class", Type::text, "Class from the soft vote"));
    table.add(make_field("group", Type::text, "Group of the class"));
    table.add(make_field("probability", Type::float64, "Probability of the class"));
    table.add(make_field("hard_class", Type::text, "Most frequent class of the detections"));
    for (const std::string& c : recipe_.classes)
      table.add(make_field(c, Type::float64, "Probability of class " + c));
    for (const Column* column : {log_density_, percentile_, tail_})
      if (column) table.add(column->field);
    return table;
  }

  void append(size_t i, Table& table) const {
    const method::SourceVerdict& verdict = verdicts_.of_sources[i];
    const auto probabilities = verdicts_.probabilities.row(static_cast<long>(i));
    size_t c = 0;
    const auto next = [&]() -> Column& { return table.columns[c++]; };
    next().append_from(name_, verdict.first);
    for (const Column* column : position_) next().append_from(*column, verdict.first);
    next().append(static_cast<int64_t>(verdict.detections));
    next().append_text(recipe_.class_name(verdict.soft));
    next().append_text(recipe_.group_name(verdict.soft));
    next().append(probabilities[static_cast<long>(verdict.soft)]);
    next().append_text(recipe_.class_name(verdict.hard));
    for (const double probability : probabilities) next().append(probability);
    for (const Column* column : {log_density_, percentile_})
      if (column) next().append_from(*column, verdict.most_unusual);
    if (tail_) next().append_number(verdict.tail_probability);
  }

 private:
  const Column& name_;
  std::vector<const Column*> position_, carried_;  // carried: position and features
  const Column *log_density_, *percentile_, *tail_;
  const method::SourceVerdicts& verdicts_;
  const recipe::Recipe& recipe_;
};

}  // namespace

SourceTables source_tables(const Table& detections, const Table& anomalies,
                           const method::SourceVerdicts& verdicts, const recipe::Recipe& recipe) {
  const SourceWriter writer(detections, anomalies, verdicts, recipe);
  SourceTables result{writer.published_header(true), writer.published_header(false),
                      writer.header()};
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
    writer.append_published(i, sources[i].is_unique() ? result.unique : result.ambiguous);
    writer.append(i, result.sources);
  }
  return result;
}

TableClasses read_classes(const Table& detections, const recipe::Recipe& recipe) {
  const Column& type = detections.at("main_type");
  if (type.field.type != Type::text)
    throw input_error("classes are not text", "column main_type", "text");
  const auto rows = static_cast<Eigen::Index>(detections.rows());
  TableClasses result;
  result.probabilities.resize(rows, static_cast<long>(recipe.classes.size()));
  for (size_t c = 0; c < recipe.classes.size(); ++c)
    result.probabilities.col(static_cast<long>(c)) =
        Eigen::Map<const Vector>(numbers(detections.at(recipe.classes[c])).data(), rows);
  for (size_t row = 0; row < detections.rows(); ++row) {
    auto probabilities = result.probabilities.row(static_cast<long>(row));
    auto& assigned = result.classes.emplace_back();
    if (type.missing(row)) {
      probabilities.setZero();
      continue;
    }
    assigned = recipe.find_class(type.text(row));
    if (!assigned)
      throw input_error("unknown class", fmt::format("row {}, column main_type", row + 1),
                        "one of " + join(recipe.classes, ", "), in_quotes(type.text(row)));
    for (size_t c = 0; c < recipe.classes.size(); ++c)
      if (std::isnan(probabilities[static_cast<long>(c)]))
        throw input_error("missing probability",
                          fmt::format("row {}, column {}", row + 1, recipe.classes[c]), "a number");
  }
  return result;
}

SourceTables vote_on_table(const Table& detections, const recipe::Recipe& recipe,
                           const Threads& threads, const method::Evidence* evidence) {
  const TableClasses found = read_classes(detections, recipe);
  const method::SourceRows sources = recipe::source_rows(detections, recipe);
  std::vector<double> tails;
  if (const Column* tail = detections.find("tail_probability")) tails = numbers(*tail);
  return source_tables(
      detections, detections,
      method::vote(found.probabilities, found.classes, tails, sources, evidence, threads), recipe);
}

}  // namespace uhuru::tables
