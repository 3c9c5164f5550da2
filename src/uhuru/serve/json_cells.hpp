// Tables as JSON.
#pragma once

#include <nlohmann/json.hpp>

#include "uhuru/catalog/schema.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru {

/// A number, null where it is missing or infinite, which JSON has no word for.
nlohmann::ordered_json json_number(double value);
/// A cell: number, text or null where it is missing.
nlohmann::ordered_json json_cell(const Column& column, size_t row);
/// A list of rows, each a list of cells.
nlohmann::ordered_json json_rows(const Table& table);
/// Name (as the API calls it), type, unit, UCD, description and role of a column.
nlohmann::ordered_json json_column(const CatalogColumn& column);

/// The text of JSON whose texts may be anything.
std::string json_text(const nlohmann::ordered_json& json);

}  // namespace uhuru
