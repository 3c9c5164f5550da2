#include "uhuru/serve/json_cells.hpp"

#include <cmath>

namespace uhuru::serve {

using json = nlohmann::ordered_json;

json json_number(double value) { return std::isfinite(value) ? json(value) : json(); }

json json_cell(const Column& column, size_t row) {
  if (column.missing(row)) return {};
  if (column.field.type == Type::text || !column.field.is_scalar()) return cell_text(column, row);
  if (column.field.type == Type::int64) return column.cell<int64_t>(row)[0];
  return json_number(column.number(row));
}

nlohmann::ordered_json text_or_null(std::string_view text) {
  return text.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(text);
}

json json_rows(const Table& table) {
  json rows = json::array();
  for (size_t row = 0; row < table.rows(); ++row) {
    json cells = json::array();
    for (const Column& column : table.columns) cells.push_back(json_cell(column, row));
    rows.push_back(std::move(cells));
  }
  return rows;
}

json json_column(const catalog::CatalogColumn& column) {
  const Field& field = column.field;
  return {{"name", column.page_name},
          {"type", field.type == Type::text ? "text"
                   : is_integer(field.type) ? "integer"
                                            : "number"},
          {"unit", field.unit},
          {"ucd", field.ucd},
          {"description", field.description},
          {"role", column.role},
          {"table_name", field.name}};
}

std::string json_text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace uhuru::serve
