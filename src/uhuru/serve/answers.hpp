// What the answers of the API share.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "uhuru/catalog/schema.hpp"
#include "uhuru/serve/catalog_api.hpp"
#include "uhuru/serve/json_cells.hpp"

namespace uhuru::serve {

inline ApiAnswer json_answer(const nlohmann::ordered_json& value) {
  return {json_type, json_text(value)};
}

/// The place of the first column with a role, or the number of columns if there is none.
inline size_t place_of_role(const std::vector<catalog::CatalogColumn>& columns,
                            std::string_view role) {
  const auto found =
      std::find_if(columns.begin(), columns.end(),
                   [&](const catalog::CatalogColumn& column) { return column.role == role; });
  return static_cast<size_t>(found - columns.begin());
}

}  // namespace uhuru::serve
