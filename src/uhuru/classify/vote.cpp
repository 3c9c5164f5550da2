#include "uhuru/classify/vote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "uhuru/base/error.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/classify/source_vote.hpp"

namespace uhuru {
namespace {

/// "0.056±0.152": mean and population standard deviation, as printed in the published tables.
std::string mean_and_spread(std::span<const double> values, double mean) {
  std::vector<double> squares;
  for (const double value : values) squares.push_back((value - mean) * (value - mean));
  const double spread = std::sqrt(pairwise_sum(squares) / static_cast<double>(values.size()));
  return python_repr(numpy_round(mean, 3)) + "±" + python_repr(numpy_round(spread, 3));
}

/// The columns that the vote needs from a table of detections.
struct Detections {
  const Column& name;
  const Column& main_type;
  Matrix probabilities;                // rows × classes
  std::vector<const Column*> carried;  // ra, dec, features
  const Column* ra;
  const Column* dec;
  const Column* log_density;
  const Column* percentile;
  const Column* tail;

  Detections(const Table& table, const Recipe& recipe)
      : name(table.at(recipe.name_column)),
        main_type(table.at("main_type")),
        ra(table.find(recipe.ra_column)),
        dec(table.find(recipe.dec_column)),
        log_density(table.find("log_density")),
        percentile(table.find("density_percentile")),
        tail(table.find("tail_probability")) {
    probabilities.resize(static_cast<long>(table.rows()), static_cast<long>(recipe.classes.size()));
    for (size_t c = 0; c < recipe.classes.size(); ++c)
      probabilities.col(static_cast<long>(c)) = Eigen::Map<const Vector>(
          numbers(table.at(recipe.classes[c])).data(), probabilities.rows());
    std::vector<std::string> wanted = recipe.feature_names();
    wanted.insert(wanted.begin(), {recipe.ra_column, recipe.dec_column});
    for (const std::string& column : wanted)
      if (const Column* found = table.find(column)) carried.push_back(found);
  }
};

struct SourceVote {
  size_t first_row = 0;
  size_t count = 0;
  int soft = 0, hard = 0;
  std::vector<std::string> spreads;
  std::vector<double> probabilities;  // of the soft vote
  size_t most_unusual = 0;            // one per row
};

/// The votes of the detections in `rows`, which belong to one source.
SourceVote vote_of(const Detections& detections, const Recipe& recipe, const BayesClassifier* bayes,
                   std::span<const size_t> rows) {
  SourceVote result;
  result.first_row = result.most_unusual = rows[0];
  result.count = rows.size();
  std::vector<int> assigned;
  for (const size_t row : rows) {
    const auto label = detections.main_type.text(row);
    assigned.push_back(recipe.class_index(label));
    if (assigned.back() < 0)
      throw input_error("unknown class", fmt::format("row {}, column main_type", row + 1),
                        "one of " + join(recipe.classes, ", "), in_quotes(label));
  }
  for (size_t c = 0; c < recipe.classes.size(); ++c) {
    std::vector<double> values;
    for (const size_t row : rows) {
      values.push_back(detections.probabilities(static_cast<long>(row), static_cast<long>(c)));
      if (std::isnan(values.back()))
        throw input_error("missing probability",
                          fmt::format("row {}, column {}", row + 1, recipe.classes[c]), "a number");
    }
    result.spreads.push_back(
        mean_and_spread(values, pairwise_sum(values) / static_cast<double>(values.size())));
  }
  std::optional<LearnedEvidence> evidence;
  if (bayes) evidence.emplace(LearnedEvidence{bayes->evidence, bayes->learned});
  SourceClasses classes =
      vote_of_source(detections.probabilities, rows, assigned, evidence ? &*evidence : nullptr);
  result.soft = classes.soft;
  result.hard = classes.hard;
  result.probabilities = std::move(classes.probabilities);
  for (const size_t row : rows)
    if (detections.tail &&
        detections.tail->number(row) < detections.tail->number(result.most_unusual))
      result.most_unusual = row;
  return result;
}

Table result_table(const Detections& detections, const Recipe& recipe, bool unique) {
  Table table;
  const auto text = [&](const std::string& name, const std::string& description) {
    Field field;
    field.name = name;
    field.type = Type::text;
    field.description = description;
    table.add(field);
  };
  table.add(detections.name.field);
  if (unique) {
    text("agg_master_class", "Group of the class");
    text("master_class", "Class given by both soft and hard vote");
  } else {
    text("hard_master_class", "Most frequent class of the detections");
    text("soft_master_class", "Class with the largest mean probability");
  }
  Field count;
  count.name = "detection_count";
  count.type = Type::int64;
  count.description = "Detections of the source that have a class";
  table.add(count);
  for (const std::string& c : recipe.classes) {
    text(c, "Mean and standard deviation of the probability over the detections");
    table.columns.back().field.unicode = true;
  }
  for (const Column* column : detections.carried) table.add(column->field);
  return table;
}

void append_source(const Detections& detections, const Recipe& recipe, const SourceVote& source,
                   bool unique, Table& table) {
  size_t c = 0;
  const auto next = [&]() -> Column& { return table.columns[c++]; };
  next().append_from(detections.name, source.first_row);
  if (unique) {
    next().append_text(recipe.groups[source.soft]);
    next().append_text(recipe.classes[source.soft]);
  } else {
    next().append_text(recipe.classes[source.hard]);
    next().append_text(recipe.classes[source.soft]);
  }
  next().append(static_cast<int64_t>(source.count));
  for (const std::string& spread : source.spreads) next().append_text(spread);
  for (const Column* column : detections.carried) next().append_from(*column, source.first_row);
}

Table sources_header(const Detections& detections, const Recipe& recipe) {
  Table table;
  table.name = "sources";
  table.add(detections.name.field);
  for (const Column* column : {detections.ra, detections.dec})
    if (column) table.add(column->field);
  table.add(
      make_field("detection_count", Type::int64, "Detections of the source that have a class"));
  table.add(make_field("class", Type::text, "Class from the soft vote"));
  table.add(make_field("group", Type::text, "Group of the class"));
  table.add(make_field("probability", Type::float64, "Probability of the class"));
  table.add(make_field("hard_class", Type::text, "Most frequent class of the detections"));
  for (const std::string& c : recipe.classes)
    table.add(make_field(c, Type::float64, "Probability of class " + c));
  for (const Column* column : {detections.log_density, detections.percentile, detections.tail})
    if (column) table.add(column->field);
  return table;
}

void append_to_sources(const Detections& detections, const Recipe& recipe, const SourceVote& source,
                       Table& table) {
  size_t c = 0;
  const auto next = [&]() -> Column& { return table.columns[c++]; };
  next().append_from(detections.name, source.first_row);
  for (const Column* column : {detections.ra, detections.dec})
    if (column) next().append_from(*column, source.first_row);
  next().append(static_cast<int64_t>(source.count));
  next().append_text(recipe.classes[source.soft]);
  next().append_text(recipe.groups[source.soft]);
  next().append(source.probabilities[static_cast<size_t>(source.soft)]);
  next().append_text(recipe.classes[source.hard]);
  for (const double probability : source.probabilities) next().append(probability);
  for (const Column* column : {detections.log_density, detections.percentile})
    if (column) next().append_from(*column, source.most_unusual);
  // The probability that the most unusual of n detections lies as far out as this one.
  if (detections.tail)
    next().append_number(-std::expm1(static_cast<double>(source.count) *
                                     std::log1p(-detections.tail->number(source.most_unusual))));
}

}  // namespace

std::vector<size_t> rows_by_name(const Table& table, const Recipe& recipe) {
  const Column& name = table.at(recipe.name_column);
  const Column& observation = table.at(recipe.observation_column);
  if (name.field.type != Type::text)
    throw input_error("names are not text", "column " + name.field.name, "text",
                      std::string(type_name(name.field.type)));
  std::vector<size_t> rows(table.rows());
  std::iota(rows.begin(), rows.end(), size_t{0});
  const ObservationOrder before(observation);
  std::stable_sort(rows.begin(), rows.end(), [&](size_t a, size_t b) {
    const int order = name.text(a).compare(name.text(b));
    return order != 0 ? order < 0 : before(a, b);
  });
  return rows;
}

Vote vote(const Table& table, const Recipe& recipe, const Threads& threads,
          const BayesClassifier* bayes) {
  const Detections detections(table, recipe);
  if (detections.main_type.field.type != Type::text)
    throw input_error("classes are not text", "column main_type", "text");
  Vote result{result_table(detections, recipe, true), result_table(detections, recipe, false),
              sources_header(detections, recipe)};
  const std::vector<size_t> rows = rows_by_name(table, recipe);
  std::vector<std::vector<size_t>> classified_rows;  // of each source that has a vote
  std::vector<size_t> classified;
  for (size_t begin = 0; begin < rows.size();) {
    const auto name = detections.name.text(rows[begin]);
    size_t end = begin;
    classified.clear();
    for (; end < rows.size() && detections.name.text(rows[end]) == name; ++end) {
      if (name.empty() || detections.main_type.missing(rows[end]))
        ++result.without_class;
      else
        classified.push_back(rows[end]);
    }
    if (classified.empty())
      result.sources_without_class += !name.empty();
    else
      classified_rows.push_back(classified);
    result.detections += classified.size();
    begin = end;
  }
  std::vector<SourceVote> sources(classified_rows.size());
  threads.for_rows(sources.size(), 256, [&](size_t begin, size_t end, size_t) {
    for (size_t i = begin; i < end; ++i)
      sources[i] = vote_of(detections, recipe, bayes, classified_rows[i]);
  });
  std::stable_sort(sources.begin(), sources.end(),
                   [](const SourceVote& a, const SourceVote& b) { return a.count > b.count; });
  for (const SourceVote& source : sources) {
    const bool unique = source.soft == source.hard;
    append_source(detections, recipe, source, unique, unique ? result.unique : result.ambiguous);
    append_to_sources(detections, recipe, source, result.sources);
  }
  return result;
}

}  // namespace uhuru
