#include "uhuru/tables/table_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "uhuru/base/error.hpp"
#include "uhuru/base/missing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/column_names.hpp"
#include "uhuru/sky/position_columns.hpp"
#include "uhuru/tables/result_fields.hpp"

namespace uhuru::tables {
namespace {

/// Calls `take(row, mean, deviation)` for all cells of a column of numbers, or of "mean±std".
template <class Take>
void read_numbers(const Column& column, const Take& take) {
  for (size_t row = 0; row < column.size(); ++row) {
    const auto value = mean_and_deviation(column, row);
    if (!value)
      throw input_error("not a number",
                        fmt::format("row {}, column {}", row + 1, shown(column.field.name, 60)),
                        "a finite number", in_quotes(cell_text(column, row)));
    take(row, value->first, value->second);
  }
}

std::vector<double> numbers_of(const Column& column) {
  std::vector<double> result;
  read_numbers(column, [&](size_t, double value, double) { result.push_back(value); });
  return result;
}

std::vector<std::string> texts_of(const Column& column) {
  std::vector<std::string> result;
  for (size_t row = 0; row < column.size(); ++row) result.push_back(class_text(column, row));
  return result;
}

constexpr size_t most_clusters = 1000;

/// The column of clusters; nullptr if there is none, or if it holds something else: names of
/// clusters of stars, say.
const Column* find_clusters(const Table& rows) {
  const Column* column = rows.find("cluster");
  if (!column) return nullptr;
  for (size_t row = 0; row < column->size(); ++row) {
    const auto value = mean_and_deviation(*column, row);
    if (!value) return nullptr;
    const double number = value->first;
    const bool is_cluster = number >= 0 && number < most_clusters && number == std::floor(number);
    if (!std::isnan(number) && !is_cluster) return nullptr;
  }
  return column;
}

class RowClassReader {
 public:
  RowClassReader(const Table& rows, const TableRecipe& of_table)
      : rows_(rows), of_table_(of_table), recipe_(of_table.recipe) {}

  RowClasses read() {
    read_probabilities();
    if (!of_table_.classes.assigned.empty())
      result_.assigned = classes_in(rows_.at(of_table_.classes.assigned));
    else
      take_most_probable();
    if (const Column* hard = rows_.find("hard_class")) result_.hard = classes_in(*hard);
    result_.labels.resize(rows_.rows());
    if (!of_table_.label.empty()) result_.labels = texts_of(rows_.at(of_table_.label));
    if (const Column* standing = rows_.find("standing")) result_.standings = texts_of(*standing);
    if (const Column* p_known = rows_.find("p_known")) result_.p_known = numbers_of(*p_known);
    for (const char* name : {"votes", "detection_count"})
      if (const Column* count = rows_.find(name)) result_.counts = numbers_of(*count);
    read_sets();
    return std::move(result_);
  }

 private:
  void read_probabilities() {
    const auto rows = static_cast<Eigen::Index>(rows_.rows());
    const auto classes = static_cast<Eigen::Index>(recipe_.classes.size());
    result_.probabilities = Matrix::Constant(rows, classes, missing_number);
    result_.means = result_.deviations = result_.probabilities;
    const auto names = recipe::class_columns(recipe_);
    for (Eigen::Index c = 0; c < classes; ++c) {
      const std::string& name = of_table_.classes.probabilities[static_cast<size_t>(c)];
      bool any = false;
      if (!name.empty())
        read_numbers(rows_.at(name), [&](size_t row, double mean, double deviation) {
          const auto r = static_cast<Eigen::Index>(row);
          result_.probabilities(r, c) = result_.means(r, c) = mean;
          result_.deviations(r, c) = deviation;
          any = any || !std::isnan(mean);
        });
      result_.learned.push_back(any);
      for (const std::string& base : {name, names[static_cast<size_t>(c)]}) {
        if (base.empty()) continue;
        read_column(base + recipe::mean_suffix, c, result_.means);
        read_column(base + recipe::deviation_suffix, c, result_.deviations);
      }
    }
    result_.has_deviations = !result_.deviations.array().isNaN().all();
  }
  void read_column(const std::string& name, Eigen::Index c, Matrix& into) const {
    if (const Column* column = rows_.find(name))
      read_numbers(*column, [&](size_t row, double value, double) {
        into(static_cast<Eigen::Index>(row), c) = value;
      });
  }

  std::vector<std::optional<method::ClassId>> classes_in(const Column& column) const {
    std::vector<std::optional<method::ClassId>> result;
    for (size_t row = 0; row < column.size(); ++row) {
      const std::string text = class_text(column, row);
      auto& id = result.emplace_back();
      if (text.empty()) continue;
      id = recipe_.find_class(recipe_.label(text));
      if (!id)
        throw input_error(
            "unknown class",
            fmt::format("row {}, column {}", row + 1, shown(column.field.name, 60)),
            "one of " + join(recipe_.classes, ", ") + did_you_mean(text, recipe_.classes),
            in_quotes(text));
    }
    return result;
  }

  void take_most_probable() {
    for (Eigen::Index row = 0; row < result_.probabilities.rows(); ++row) {
      auto& id = result_.assigned.emplace_back();
      double most = 0;
      for (Eigen::Index c = 0; c < result_.probabilities.cols(); ++c)
        if (result_.probabilities(row, c) > most) {
          most = result_.probabilities(row, c);
          id = method::ClassId(static_cast<int>(c));
        }
    }
  }

  /// "set_90": classes separated by '|'.
  void read_sets() {
    for (const Column& column : rows_.columns) {
      const std::string& name = column.field.name;
      const auto percent =
          name.starts_with("set_") ? parse_double(name.substr(4)) : std::optional<double>();
      if (!percent || !(*percent > 0 && *percent < 100) || column.field.type != Type::text)
        continue;
      result_.coverage = *percent / 100;
      for (size_t row = 0; row < column.size(); ++row) {
        auto& set = result_.sets.emplace_back(recipe_.classes.size());
        const std::string text = "|" + std::string(column.text(row)) + "|";
        for (size_t c = 0; c < set.size(); ++c)
          set[c] = text.find("|" + recipe_.classes[c] + "|") != text.npos;
      }
      return;
    }
  }

  const Table& rows_;
  const TableRecipe& of_table_;
  const recipe::Recipe& recipe_;
  RowClasses result_;
};

/// `from`: nullptr: missing values.
void add_numbers(const Table& rows, const Column* from, Field field, Table& table) {
  Column& to = table.add(std::move(field));
  for (size_t row = 0; !from && row < rows.rows(); ++row) to.append_missing();
  if (from) read_numbers(*from, [&](size_t, double value, double) { to.append_number(value); });
}

/// Values that mark a missing one, or that are none, are missing.
void add_feature(const Table& rows, const recipe::Feature& feature, Table& table) {
  Column& to = table.add(feature.field());
  read_numbers(rows.at(feature.name), [&](size_t, double value, double) {
    const bool is_mark =
        std::find(feature.missing.begin(), feature.missing.end(), value) != feature.missing.end();
    const bool is_outside =
        feature.range && !(value >= feature.range->first && value <= feature.range->second);
    to.append_number(is_mark || is_outside ? missing_number : value);
  });
}

void add_positions(const Table& rows, const TableRecipe& of_table, std::vector<std::string>& notes,
                   Table& table) {
  if (of_table.ra.empty()) return;
  const auto positions = sky::positions(rows, {of_table.ra, of_table.dec}, &notes);
  for (const bool is_ra : {true, false}) {
    const recipe::Recipe& recipe = of_table.recipe;
    const std::string& name = is_ra ? recipe.ra_column : recipe.dec_column;
    Column& to = table.add(identity_field(make_field(name, Type::float64, ""), name, recipe));
    for (const sky::SkyPosition& position : positions)
      to.append_number(!sky::is_valid(position) ? missing_number
                       : is_ra                  ? position.ra_deg
                                                : position.dec_deg);
  }
}

}  // namespace

bool RowClasses::any_probability() const {
  return std::find(learned.begin(), learned.end(), true) != learned.end();
}

RowClasses read_row_classes(const Table& rows, const TableRecipe& of_table) {
  return RowClassReader(rows, of_table).read();
}

Table cluster_columns(const Table& rows, const TableRecipe& of_table,
                      std::vector<std::string>& notes) {
  const recipe::Recipe& recipe = of_table.recipe;
  Table table;
  table.name = "clusters";
  Column& name = table.add(
      identity_field(make_field(recipe.name_column, Type::text, ""), recipe.name_column, recipe));
  const Column* given = of_table.name.empty() ? nullptr : &rows.at(of_table.name);
  for (size_t row = 0; row < rows.rows(); ++row)
    name.append_text(given ? std::string(trim(cell_text(*given, row)))
                           : fmt::format("row {}", row + 1));
  if (!of_table.observation.empty()) {
    Column observation = rows.at(of_table.observation);
    observation.field = identity_field(observation.field, recipe.observation_column, recipe);
    table.columns.push_back(std::move(observation));
  }
  add_positions(rows, of_table, notes, table);
  Column& label = table.add(label_field(recipe.labels.type_column));
  const Column* labels = of_table.label.empty() ? nullptr : &rows.at(of_table.label);
  for (size_t row = 0; row < rows.rows(); ++row)
    label.append_text(labels ? class_text(*labels, row) : "");
  const Column* clusters = find_clusters(rows);
  if (!clusters && rows.find("cluster"))
    notes.emplace_back(
        "the column cluster is not used: it has other values than numbers of clusters, 0 to 999");
  add_numbers(rows, clusters, cluster_field(), table);
  for (const recipe::Feature& feature : recipe.features) add_feature(rows, feature, table);
  for (const recipe::CarriedColumn& carried : recipe.mission.carried)
    if (const Column* column = rows.find(carried.name); column && !table.find(carried.name))
      table.columns.push_back(*column);
  for (const Field& field : anomaly_fields())
    if (const Column* from = rows.find(field.name)) add_numbers(rows, from, field, table);
  return table;
}

}  // namespace uhuru::tables
