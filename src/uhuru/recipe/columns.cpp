#include "uhuru/recipe/columns.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/table/input_columns.hpp"

namespace uhuru::recipe {
namespace {

const std::vector<std::string>& other_names(const Recipe& recipe, std::string_view name) {
  static const std::vector<std::string> none;
  for (const auto& [known, others] : recipe.other_names)
    if (same_but_case(known, name)) return others;
  return none;
}

std::string without_blanks(std::string_view text) {
  std::string result;
  for (const char c : text)
    if (c != ' ') result += c;
  return result;
}

}  // namespace

const Column* find_column(const Table& table, const Recipe& recipe, std::string_view name) {
  if (name.empty()) return nullptr;
  if (const Column* column = find_input_column(table, name)) return column;
  for (const std::string& other : other_names(recipe, name))
    if (const Column* column = find_input_column(table, other)) return column;
  return nullptr;
}

const Column& required_column(const Table& table, const Recipe& recipe, std::string_view name) {
  if (const Column* column = find_column(table, recipe, name)) return *column;
  const auto& others = other_names(recipe, name);
  if (others.empty()) return input_column(table, name);
  const auto names = table.column_names();
  throw input_error("missing column", "",
                    std::string(name) + " or " + join(others, " or ") + did_you_mean(name, names),
                    "columns " + join(names, ", "));
}

sky::PositionColumns position_columns(const Table& table, const Recipe& recipe) {
  const auto name_of = [&](const std::string& name) {
    const Column* column = find_column(table, recipe, name);
    return column ? column->field.name : name;
  };
  return {name_of(recipe.ra_column), name_of(recipe.dec_column)};
}

Field carried_field(Field field, const std::string& name, const Recipe& recipe) {
  field.name = name;
  for (const CarriedColumn& column : recipe.mission.carried) {
    if (!same_but_case(column.name, name)) continue;
    if (field.unit.empty()) field.unit = column.unit;
    if (field.ucd.empty()) field.ucd = column.ucd;
    if (field.description.empty()) field.description = column.description;
  }
  return field;
}

std::string advice_on_quotes(const std::string& expression, const Table& table) {
  const std::string text = without_blanks(expression);
  for (const Column& column : table.columns) {
    const std::string& name = column.field.name;
    const bool is_word = std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
    if (name.empty() || is_word) continue;
    const size_t at = text.find(without_blanks(name));
    if (at != text.npos && (at == 0 || text[at - 1] != '"'))
      return fmt::format(
          "; the column \"{}\" of the table stands in double quotes in an expression", name);
  }
  return {};
}

}  // namespace uhuru::recipe
