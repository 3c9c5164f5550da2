#include "uhuru/table/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "uhuru/base/error.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/base/packing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/table/input_columns.hpp"

namespace uhuru {
namespace {

Error duplicate_name(std::string_view wanted, const std::vector<const Column*>& found) {
  return input_error("duplicate column name", "column " + std::string(wanted),
                     "one column with this name; upper and lower case are the same",
                     found[0]->field.name + ", " + found[1]->field.name);
}

/// See add_radesys; empty if there is none.
std::string radesys(const Table& header) {
  for (const Column& column : header.columns) {
    const ReferenceSystem* system = header.find_system(column.field.ref);
    if (!system || system->element != "COOSYS") continue;
    std::string name, equinox;
    for (const auto& [key, value] : system->attributes) {
      if (key == "system") name = lower(value);
      if (key == "equinox") equinox = value;
    }
    if (name == "icrs") return "ICRS";
    // The equinox that FITS assumes.
    if ((name == "eq_fk5" || name == "fk5") && (equinox.empty() || equinox == "J2000"))
      return "FK5";
    if ((name == "eq_fk4" || name == "fk4") && (equinox.empty() || equinox == "B1950"))
      return "FK4";
    return {};
  }
  return {};
}

}  // namespace

std::string_view system_id(const ReferenceSystem& system) {
  for (const auto& [name, value] : system.attributes)
    if (name == "ID") return value;
  return {};
}

Column& Table::add(Field field) { return columns.emplace_back(std::move(field)); }

Column& Table::add_from(const Table& other, Field field) {
  const ReferenceSystem* theirs = other.find_system(field.ref);
  const ReferenceSystem* ours = find_system(field.ref);
  if (theirs && !ours)
    systems.push_back(*theirs);
  else if (!theirs || *theirs != *ours)
    field.ref.clear();
  return add(std::move(field));
}

const Column* Table::find(std::string_view wanted) const {
  std::vector<const Column*> same, like;
  for (const Column& column : columns) {
    if (column.field.name == wanted) same.push_back(&column);
    if (same_but_case(column.field.name, wanted)) like.push_back(&column);
  }
  const auto& found = same.empty() ? like : same;
  if (found.size() > 1) throw duplicate_name(wanted, found);
  return found.empty() ? nullptr : found[0];
}

const Column& Table::at(std::string_view wanted) const {
  if (const Column* column = find(wanted)) return *column;
  const auto names = column_names();
  throw input_error(
      "no column " + std::string(wanted), "",
      "a column with this name" + did_you_mean(wanted, names),
      names.size() <= 12 ? join(names, ", ") : fmt::format("{} other columns", names.size()));
}

const Column* find_input_column(const Table& table, std::string_view wanted) {
  std::vector<const Column*> like;
  for (const Column& column : table.columns)
    if (same_but_case(column.field.name, wanted)) like.push_back(&column);
  if (like.size() > 1) throw duplicate_name(wanted, like);
  return like.empty() ? nullptr : like[0];
}

const Column& input_column(const Table& table, std::string_view wanted) {
  const Column* column = find_input_column(table, wanted);
  return column ? *column : table.at(wanted);
}

std::vector<std::string> Table::column_names() const {
  std::vector<std::string> names;
  for (const Column& column : columns) names.push_back(column.field.name);
  return names;
}

const ReferenceSystem* Table::find_system(std::string_view id) const {
  const auto found = std::find_if(systems.begin(), systems.end(),
                                  [&](const auto& system) { return system_id(system) == id; });
  return id.empty() || found == systems.end() ? nullptr : &*found;
}

Table Table::empty_copy() const {
  Table copy;
  copy.name = name;
  copy.description = description;
  copy.parameters = parameters;
  copy.systems = systems;
  for (const Column& column : columns) copy.add(column.field);
  return copy;
}

void Table::append_rows(const Table& other) {
  for (size_t c = 0; c < columns.size(); ++c)
    columns[c].append_from(other.columns[c], 0, other.rows());
}

Table Table::select(std::span<const size_t> rows) const {
  Table result = empty_copy();
  for (size_t c = 0; c < columns.size(); ++c) result.columns[c].append_rows(columns[c], rows);
  return result;
}

Error in_files(const Error& error, std::span<const FileRows> files) {
  constexpr std::string_view word = "row ";
  const std::string& where = error.where();
  if (!where.starts_with(word)) return error;
  const size_t end = std::min(where.find_first_not_of("0123456789", word.size()), where.size());
  const auto row = parse_int(std::string_view(where).substr(word.size(), end - word.size()));
  const auto after = std::upper_bound(files.begin(), files.end(), row.value_or(0),
                                      [](long long number, const FileRows& file) {
                                        return static_cast<uint64_t>(number) <= file.rows_before;
                                      });
  if (!row || *row < 1 || after == files.begin()) return error;
  const FileRows& file = *std::prev(after);
  return Error(error.kind(), error.message(),
               fmt::format("{}, row {}{}", file.name,
                           static_cast<uint64_t>(*row) - file.rows_before, where.substr(end)),
               error.expected(), error.found())
      .because(error.cause());
}

std::string Table::rows_as_bytes() const {
  Packer packer;
  for (const Column& column : columns) const_cast<Column&>(column).transfer(packer);
  return std::move(packer.bytes);
}

void Table::set_rows(std::string_view bytes) {
  Unpacker unpacker(bytes);
  for (Column& column : columns) column.transfer(unpacker);
}

void Table::clear_rows() {
  for (Column& column : columns) column.clear();
}

namespace {

/// Replaces the rows by those of these bytes, one after the other.
void set_all_rows(Table& table, const std::vector<std::string>& parts) {
  Table some = table.empty_copy();
  table.clear_rows();
  for (const std::string& bytes : parts) {
    some.set_rows(bytes);
    table.append_rows(some);
  }
}

}  // namespace

void gather_rows(Table& rows, const Communicator& ranks) {
  if (!ranks.is_alone()) set_all_rows(rows, ranks.gather(rows.rows_as_bytes()));
}

void exchange_rows(Table& rows, std::span<const std::vector<size_t>> to_each,
                   const Communicator& ranks) {
  std::vector<std::string> bytes;
  for (const auto& numbers : to_each) bytes.push_back(rows.select(numbers).rows_as_bytes());
  set_all_rows(rows, ranks.all_to_all(bytes));
}

void add_radesys(Table& header) {
  const std::string name = "RADESYS";
  const auto is_there = [&](const Parameter& parameter) {
    return same_but_case(parameter.field.name, name);
  };
  const std::string system = radesys(header);
  if (!system.empty() && std::none_of(header.parameters.begin(), header.parameters.end(), is_there))
    header.parameters.push_back(
        {make_field(name, Type::text, "System of the positions"), system, true});
}

std::vector<double> numbers(const Column& column, uint64_t first_row) {
  const std::string& name = column.field.name;
  if (column.field.type == Type::text) {
    size_t row = 0;
    while (row < column.size() && (column.missing(row) || parse_double(column.text(row)))) ++row;
    if (row < column.size())
      throw input_error("text in a numeric column",
                        fmt::format("row {}, column {}", first_row + row + 1, name),
                        "a number or an empty cell", in_quotes(column.text(row)));
    // A text column that contains only numbers (quoted numbers in a CSV, an empty column): parse
    // them.
    std::vector<double> result(column.size(), std::nan(""));
    for (row = 0; row < column.size(); ++row)
      if (!column.missing(row)) result[row] = *parse_double(column.text(row));
    return result;
  }
  if (!column.field.is_scalar())
    throw input_error("a column of arrays", "column " + name, "one number per row",
                      "arraysize " + column.field.arraysize);
  std::vector<double> result;
  if (column.field.type == Type::float64) {
    const auto values = column.values<double>();
    result.assign(values.begin(), values.end());
  } else {
    result.reserve(column.size());
    for (size_t row = 0; row < column.size(); ++row) result.push_back(column.number(row));
  }
  for (size_t row = 0; row < column.size(); ++row) {
    if (std::isinf(result[row]))
      throw input_error("infinite value",
                        fmt::format("row {}, column {}", first_row + row + 1, name),
                        "a finite number or an empty cell", fmt::format("{}", result[row]));
  }
  return result;
}

namespace {

template <class T>
std::string value_text(T value, const Field& field) {
  if constexpr (std::is_same_v<T, double>) {
    return python_repr(value);
  } else if constexpr (std::is_same_v<T, float>) {
    if (std::isnan(value)) return "nan";
    std::string text = fmt::format("{}", value);
    if (text.find_first_of(".ein") == std::string::npos) text += ".0";
    return text;
  } else {
    if (field.type == Type::boolean)
      return value == unknown_boolean ? "?" : value != 0 ? "true" : "false";
    // Missing scalars do not get here: this is an array element.
    if (!field.is_scalar() && field.null_marker && *field.null_marker == value) return "null";
    return std::to_string(value);
  }
}

}  // namespace

Column text_column(const Column& column) {
  Field field = column.field;
  field.type = Type::text;
  field.arraysize.clear();
  field.null_marker.reset();
  Column result(std::move(field));
  for (size_t row = 0; row < column.size(); ++row) result.append_text(cell_text(column, row));
  return result;
}

std::string cell_text(const Column& column, size_t row) {
  if (column.field.type == Type::text) return std::string(column.text(row));
  if (column.missing(row)) return {};
  return column.visit([&](const auto& values) {
    using T = typename std::decay_t<decltype(values)>::value_type;
    std::string text;
    for (const T value : column.cell<T>(row)) {
      if (!text.empty()) text += ' ';
      text += value_text(value, column.field);
    }
    return text;
  });
}

}  // namespace uhuru
