// Tables as JSON.
#pragma once

#include <nlohmann/json.hpp>

#include "uhuru/catalog/schema.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru::serve {

/// A number; null if it is missing or infinite, which JSON cannot represent.
nlohmann::ordered_json json_number(double value);
/// A cell: a number or a text; null if it is missing.
nlohmann::ordered_json json_cell(const Column& column, size_t row);
/// A text; null if it is empty.
nlohmann::ordered_json text_or_null(std::string_view text);
/// A list of rows, each a list of cells.
nlohmann::ordered_json json_rows(const Table& table);
/// The name on the pages, type, unit, UCD, description, role and name in tables of a column.
nlohmann::ordered_json json_column(const catalog::CatalogColumn& column);

/// Serializes JSON; replaces invalid UTF-8 in its strings.
std::string json_text(const nlohmann::ordered_json& json);

}  // namespace uhuru::serve
