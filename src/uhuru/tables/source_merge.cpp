#include "uhuru/tables/source_merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/column_names.hpp"
#include "uhuru/tables/found_classes.hpp"
#include "uhuru/tables/run_files.hpp"

namespace uhuru::tables {
namespace {

/// What the published tables call the columns of votes, and we.
std::string our_name(const std::string& name) {
  if (name == "master_class" || name == "soft_master_class") return recipe::class_column;
  return name == "hard_master_class" ? "hard_class" : name;
}

const Column* find_renamed(const Table& table, const std::string& name) {
  for (const Column& column : table.columns)
    if (our_name(column.field.name) == name) return &column;
  // Where both votes agree there is only one class.
  return name == "hard_class" ? find_renamed(table, recipe::class_column) : nullptr;
}

bool is_number(const Column& column) {
  return column.field.is_scalar() && column.field.type != Type::boolean;
}

/// An empty column that can hold the values of all of these: one without any value, which a text
/// table does not tell the type of, fits all.
Column joined_column(const std::vector<const Column*>& parts, const std::string& name) {
  std::vector<const Column*> filled;
  for (const Column* part : parts)
    if (part && part->missing_count() < part->size()) filled.push_back(part);
  const auto all = [&](auto holds) { return std::all_of(filled.begin(), filled.end(), holds); };
  const Column* first =
      filled.empty() ? *std::find_if(parts.begin(), parts.end(), std::identity()) : filled.front();
  Field field = first->field;
  field.name = name;
  if (!all([&](const Column* part) {
        return part->field.type == field.type && part->field.arraysize == field.arraysize;
      })) {
    field.arraysize.clear();
    field.type =
        all([](const Column* part) { return is_number(*part); }) ? Type::float64 : Type::text;
  }
  return Column(std::move(field));
}

/// The rows of a column, or missing cells.
void append_all(const Column* from, size_t rows, Column& to) {
  for (size_t row = 0; row < rows; ++row)
    if (!from || from->missing(row))
      to.append_missing();
    else if (from->field.type == to.field.type)
      to.append_from(*from, row);
    else if (to.field.type == Type::float64)
      to.append_number(from->number(row));
    else
      to.append_text(cell_text(*from, row));
}

/// The rows of both published tables.
Table published(const std::vector<const Table*>& tables) {
  Table all;
  std::vector<std::string> names;
  for (const Table* table : tables)
    for (const Column& column : table->columns) names.push_back(our_name(column.field.name));
  if (std::find(names.begin(), names.end(), recipe::class_column) != names.end())
    names.push_back("hard_class");
  for (const std::string& name : names) {
    if (name.empty() || name == "agg_master_class" || all.find(name)) continue;
    std::vector<const Column*> parts;
    for (const Table* table : tables) parts.push_back(find_renamed(*table, name));
    Column joined = joined_column(parts, name);
    for (size_t i = 0; i < tables.size(); ++i) append_all(parts[i], tables[i]->rows(), joined);
    all.columns.push_back(std::move(joined));
  }
  return all;
}

bool has_deviations(const Column& column) {
  return column.field.type == Type::text && column.size() > 0 &&
         !spread_sign(column.text(0)).empty();
}

/// A column of "mean±std" as two of numbers.
std::pair<Column, Column> split_column(const Column& column, const std::string& name) {
  Column mean(make_field(name + recipe::mean_suffix, Type::float64, "Mean"));
  Column deviation(make_field(name + recipe::deviation_suffix, Type::float64, "Spread"));
  for (size_t row = 0; row < column.size(); ++row) {
    const auto value = mean_and_deviation(column, row);
    if (!value)
      throw input_error("invalid probability",
                        fmt::format("row {}, column {}", row + 1, column.field.name),
                        "a number, or mean±std", in_quotes(column.text(row)));
    mean.append_number(value->first);
    deviation.append_number(value->second);
  }
  return {std::move(mean), std::move(deviation)};
}

/// The columns of probabilities as p_…_mean and p_…_std, unless these are beside them.
void split_probabilities(Table& table) {
  std::vector<std::string> classes;
  for (const Column& column : table.columns)
    if (has_deviations(column)) classes.push_back(column.field.name);
  const auto names = recipe::column_names(classes, recipe::class_prefix);
  const auto there = table.column_names();
  std::vector<Column> columns;
  size_t found = 0;
  for (Column& column : table.columns) {
    if (!has_deviations(column)) {
      columns.push_back(std::move(column));
      continue;
    }
    const std::string& name = names[found++];
    if (std::find(there.begin(), there.end(), name + recipe::mean_suffix) != there.end()) continue;
    auto [mean, deviation] = split_column(column, name);
    columns.push_back(std::move(mean));
    columns.push_back(std::move(deviation));
  }
  table.columns = std::move(columns);
}

/// The names of the sources: the first column that is no row number.
const Column& source_names(const Table& table) {
  return *std::find_if(table.columns.begin(), table.columns.end() - 1,
                       [](const Column& column) { return !column.field.name.empty(); });
}

/// The row of each source; throws Error (input) if one occurs twice.
std::unordered_map<std::string, size_t> rows_by_name(const Table& table, const std::string& file) {
  const Column& name = source_names(table);
  std::unordered_map<std::string, size_t> rows;
  for (size_t row = 0; row < table.rows(); ++row)
    if (const std::string text = cell_text(name, row);
        !text.empty() && !rows.emplace(text, row).second)
      throw input_error("a source occurs twice", file, "each source once", in_quotes(text));
  return rows;
}

}  // namespace

Table merge_sources(const Table* unique, const Table* ambiguous, const Table* sources) {
  std::vector<const Table*> tables;
  for (const Table* table : {unique, ambiguous})
    if (table && (table->rows() > 0 || table == unique)) tables.push_back(table);
  if (tables.empty()) return sources ? *sources : *ambiguous;
  Table all = published(tables);
  const auto rows = rows_by_name(all, std::string(run_file::unique) + ", " + run_file::ambiguous);
  if (!sources) return all;
  rows_by_name(*sources, run_file::sources);
  split_probabilities(all);
  Table merged = *sources;
  const Column name = source_names(merged);
  std::vector<size_t> places;
  for (size_t row = 0; row < name.size(); ++row) {
    const auto found = rows.find(cell_text(name, row));
    places.push_back(found == rows.end() ? Column::no_row : found->second);
  }
  for (const Column& column : all.columns)
    if (!merged.find(column.field.name)) merged.add(column.field).append_rows(column, places);
  return merged;
}

}  // namespace uhuru::tables
