#include "uhuru/tables/vote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
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
  void append_numbers(std::span<const size_t> verdicts, Table& table) const {
    size_t c = 0;
    for (const Matrix* numbers : {&verdicts_.means, &verdicts_.deviations})
      for (Eigen::Index k = 0; k < numbers->cols(); ++k, ++c)
        append_each(table.columns[c], verdicts, [&](Column& to, size_t i) {
          to.append_number((*numbers)(static_cast<Eigen::Index>(i), k));
        });
  }

  void append_published(std::span<const size_t> verdicts, Table& table) const {
    size_t c = 0;
    const auto next = [&]() -> Column& { return table.columns[c++]; };
    const auto append = [&](const auto& append_to) {
      append_each(next(), verdicts,
                  [&](Column& to, size_t i) { append_to(to, verdicts_.of_sources[i]); });
    };
    const auto firsts = first_detections(verdicts);
    next().append_rows(name_, firsts);
    append([&](Column& to, const method::SourceVerdict& verdict) {
      to.append_text(verdict.is_unique() ? recipe_.group_name(verdict.soft)
                                         : recipe_.class_name(verdict.hard));
    });
    append([&](Column& to, const method::SourceVerdict& verdict) {
      to.append_text(recipe_.class_name(verdict.soft));
    });
    append([](Column& to, const method::SourceVerdict& verdict) {
      to.append(static_cast<int64_t>(verdict.detections));
    });
    for (size_t k = 0; k < recipe_.classes.size(); ++k)
      append_each(next(), verdicts, [&](Column& to, size_t i) {
        const auto of = [&](const Matrix& numbers) {
          return numbers(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k));
        };
        to.append_text(mean_and_spread(of(verdicts_.means), of(verdicts_.deviations)));
      });
    for (const Column* column : carried_) next().append_rows(*column, firsts);
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

  void append(std::span<const size_t> verdicts, Table& table) const {
    size_t c = 0;
    const auto next = [&]() -> Column& { return table.columns[c++]; };
    const auto append = [&](const auto& append_to) {
      append_each(next(), verdicts,
                  [&](Column& to, size_t i) { append_to(to, verdicts_.of_sources[i]); });
    };
    const auto probability = [&](size_t i, size_t k) {
      return verdicts_.probabilities(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k));
    };
    std::vector<std::vector<double>> of_groups;  // for each of `verdicts`
    std::vector<size_t> group;                   // the most probable
    for (const size_t i : verdicts) {
      const auto row = verdicts_.probabilities.row(static_cast<Eigen::Index>(i));
      of_groups.push_back(
          group_probabilities(std::span<const double>(row.data(), recipe_.classes.size()),
                              columns_.learned, group_places_));
      group.push_back(most_probable_group(of_groups.back()));
    }
    const auto firsts = first_detections(verdicts);
    next().append_rows(name_, firsts);
    for (const Column* column : position_) next().append_rows(*column, firsts);
    append([](Column& to, const method::SourceVerdict& verdict) {
      to.append(static_cast<int64_t>(verdict.detections));
    });
    append([&](Column& to, const method::SourceVerdict& verdict) {
      to.append_text(recipe_.class_name(verdict.soft));
    });
    Column& of_group = next();
    for (const size_t g : group) of_group.append_text(groups_[g]);
    append_each(next(), verdicts, [&](Column& to, size_t i) {
      to.append(probability(i, number_of(verdicts_.of_sources[i].soft)));
    });
    Column& group_probability = next();
    for (size_t v = 0; v < group.size(); ++v) group_probability.append(of_groups[v][group[v]]);
    append([&](Column& to, const method::SourceVerdict& verdict) {
      to.append_text(recipe_.class_name(verdict.hard));
    });
    append([&](Column& to, const method::SourceVerdict&) {
      to.append_text(standing_name(Standing::classified));
    });
    if (all_.labels)
      append([&](Column& to, const method::SourceVerdict& verdict) {
        to.append_text(label_of(verdict.source));
      });
    for (size_t k = 0; k < recipe_.classes.size(); ++k)
      append_each(next(), verdicts, [&](Column& to, size_t i) {
        to.append_number(columns_.learned.empty() || columns_.learned[k] ? probability(i, k)
                                                                         : missing_number);
      });
    for (size_t g = 0; g < groups_.size(); ++g) {
      Column& to = next();
      for (const auto& probabilities : of_groups) to.append_number(probabilities[g]);
    }
    if (columns_.combining) {
      append([&](Column& to, const method::SourceVerdict& verdict) {
        to.append_text(set_text(verdict.set, recipe_));
      });
      append([](Column& to, const method::SourceVerdict& verdict) {
        to.append_number(verdict.p_known);
      });
    }
    for (const Column* column : {log_density_, percentile_})
      if (column)
        append([&](Column& to, const method::SourceVerdict& verdict) {
          to.append_number(column->number(verdict.most_unusual));
        });
    if (tail_)
      append([](Column& to, const method::SourceVerdict& verdict) {
        to.append_number(verdict.tail_probability);
      });
  }

  /// Sources of which no detection has a class, but for those without any detection.
  void append_others(std::span<const size_t> sources, Table& table) const {
    const auto of_table = [](const Table& from, const Column* column) {
      return column ? from.find(column->field.name) : nullptr;
    };
    const Column* tail = of_table(all_.anomalies, tail_);
    std::vector<size_t> with_detections, firsts, unusual;
    for (const size_t source : sources) {
      const auto rows = all_.rows.of(source);
      if (rows.empty()) continue;
      with_detections.push_back(source);
      firsts.push_back(rows[0]);
      size_t most = rows[0];
      if (tail)
        for (const size_t row : rows)
          if (tail->number(row) < tail->number(most) || std::isnan(tail->number(most))) most = row;
      unusual.push_back(most);
    }
    size_t c = 0;
    const auto next = [&]() -> Column& { return table.columns[c++]; };
    const auto append = [&](const auto& append_to) {
      append_each(next(), with_detections, append_to);
    };
    next().append_rows(all_.detections.at(recipe_.name_column), firsts);
    for (const Column* column : position_)
      next().append_rows(*of_table(all_.detections, column), firsts);
    append([](Column& to, size_t) { to.append(int64_t{0}); });
    for (int i = 0; i < 5; ++i) append([](Column& to, size_t) { to.append_missing(); });
    append([&](Column& to, size_t source) {
      to.append_text(standing_name(standing_without_vote(
          all_.rows.of(source), [&](size_t row) { return all_.standings[row]; })));
    });
    if (all_.labels) append([&](Column& to, size_t source) { to.append_text(label_of(source)); });
    const size_t anomalies =
        (log_density_ != nullptr) + (percentile_ != nullptr) + (tail_ != nullptr);
    while (c + anomalies < table.columns.size())
      append([](Column& to, size_t) { to.append_missing(); });
    for (const Column* column : {log_density_, percentile_})
      if (column) {
        const Column& from = *of_table(all_.anomalies, column);
        Column& to = next();
        for (const size_t row : unusual) to.append_number(from.number(row));
      }
    if (!tail_) return;
    Column& of_source = next();
    for (size_t i = 0; i < unusual.size(); ++i)
      of_source.append_number(method::tail_of_source(tail->number(unusual[i]),
                                                     all_.rows.of(with_detections[i]).size()));
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

  /// Tables are filled column by column: each stays in the cache.
  template <class Append>
  static void append_each(Column& column, std::span<const size_t> numbers, const Append& append) {
    if (column.size() == 0) column.reserve(numbers.size());
    for (const size_t number : numbers) append(column, number);
  }

  std::vector<size_t> first_detections(std::span<const size_t> verdicts) const {
    std::vector<size_t> rows;
    for (const size_t i : verdicts) rows.push_back(verdicts_.of_sources[i].first);
    return rows;
  }

  /// The label of a source's first labelled detection; requires all_.labels.
  std::string_view label_of(size_t source) const {
    for (const size_t row : all_.rows.of(source))
      if (!(*all_.labels)[row].empty()) return (*all_.labels)[row];
    return {};
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
                           const recipe::Recipe& recipe, const ClassColumns& columns,
                           const Threads& threads) {
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
  std::vector<size_t> unique, ambiguous;  // in this order
  for (const size_t i : order) (sources[i].is_unique() ? unique : ambiguous).push_back(i);
  std::vector<bool> has_vote(all.rows.count(), false);
  for (const method::SourceVerdict& verdict : sources) has_vote[verdict.source] = true;
  std::vector<size_t> others;
  for (size_t source = 0; source < has_vote.size(); ++source)
    if (!has_vote[source]) others.push_back(source);
  const std::array<std::function<void()>, 3> tables = {
      [&] { writer.append_published(unique, result.unique); },
      [&] {
        writer.append(order, result.sources);
        writer.append_others(others, result.sources);
      },
      [&] {
        writer.append_published(ambiguous, result.ambiguous);
        writer.append_numbers(unique, result.unique_numbers);
        writer.append_numbers(ambiguous, result.ambiguous_numbers);
      }};
  threads.run(tables.size(), [&](size_t i) { tables[i](); });
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

void bring_sources_together(Table& detections, const recipe::Recipe& recipe,
                            const Communicator& ranks) {
  if (ranks.is_alone()) return;
  const Column& name = detections.at(recipe.name_column);
  std::vector<std::vector<size_t>> rows_of(static_cast<size_t>(ranks.count()));
  for (size_t row = 0; row < detections.rows(); ++row)
    rows_of[std::hash<std::string>()(cell_text(name, row)) % rows_of.size()].push_back(row);
  exchange_rows(detections, rows_of, ranks);
}

namespace {

/// The rows of a table of sources of all ranks, in the first one, in the order of source_tables.
void gather_sources(Table& sources, Table* beside, const recipe::Recipe& recipe,
                    const Communicator& ranks) {
  gather_rows(sources, ranks);
  if (beside) gather_rows(*beside, ranks);
  if (!ranks.is_first()) return;
  const Column& given = sources.at(recipe.name_column);
  const Column name = given.field.type == Type::text ? given : text_column(given);
  const Column& count = sources.at("detection_count");
  const Column* of_class = sources.find(recipe::class_column);  // missing without a vote
  std::vector<size_t> order(sources.rows());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const bool a_votes = !of_class || !of_class->missing(a);
    const bool b_votes = !of_class || !of_class->missing(b);
    if (a_votes != b_votes) return a_votes;
    if (a_votes && count.number(a) != count.number(b)) return count.number(a) > count.number(b);
    return name.text(a) < name.text(b);
  });
  sources = sources.select(order);
  if (beside) *beside = beside->select(order);
}

/// What all ranks found, in the first one.
void gather_tables(SourceTables& tables, const recipe::Recipe& recipe, const Communicator& ranks) {
  gather_sources(tables.unique, &tables.unique_numbers, recipe, ranks);
  gather_sources(tables.ambiguous, &tables.ambiguous_numbers, recipe, ranks);
  gather_sources(tables.sources, nullptr, recipe, ranks);
  for (size_t* count : {&tables.detections, &tables.without_class, &tables.sources_without_class})
    ranks.add_up({count, 1});
}

}  // namespace

namespace {

/// Those columns that the table has, as numbers: one without values is read from text as text.
Table anomalies_of(const Table& detections) {
  Table anomalies;
  for (const Field& field : anomaly_fields()) {
    const Column* column = detections.find(field.name);
    if (!column) continue;
    Column& to = anomalies.add(field);
    for (const double value : numbers(*column)) to.append_number(value);
  }
  return anomalies;
}

}  // namespace

SourceTables vote_on_table(const Table& detections, const recipe::Recipe& recipe,
                           const Threads& threads, const method::Combining* combining) {
  const Communicator& ranks = threads.ranks();
  TableClasses found = read_classes(detections, recipe);
  if (!ranks.is_alone()) {
    const std::vector<char> own(found.learned.begin(), found.learned.end());
    const auto of_ranks = ranks.all_values(std::span<const char>(own));
    for (size_t i = 0; i < of_ranks.size(); ++i)
      if (of_ranks[i]) found.learned[i % found.learned.size()] = true;
  }
  const method::SourceRows sources = recipe::source_rows(detections, recipe);
  const Table anomalies = anomalies_of(detections);
  std::vector<double> tails;
  if (const Column* tail = anomalies.find("tail_probability")) tails = numbers(*tail);
  const AllSources all{detections, anomalies, sources,
                       std::vector<Standing>(detections.rows(), Standing::without_class)};
  ClassColumns columns;
  columns.combining = combining;
  columns.learned = found.learned;
  SourceTables result =
      source_tables(detections, anomalies, method::vote(found, tails, sources, combining, threads),
                    all, recipe, columns, threads);
  if (!ranks.is_alone()) gather_tables(result, recipe, ranks);
  if (auto note = note_of_old_names(detections, recipe); !note.empty())
    result.notes.push_back(std::move(note));
  return result;
}

}  // namespace uhuru::tables
