// What a catalog's recipe says of its mission, for the pages.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "uhuru/catalog/catalog.hpp"
#include "uhuru/recipe/recipe.hpp"

namespace uhuru::serve {

/// Without content if this version cannot read the catalog's recipe.
recipe::Recipe recipe_of(const catalog::Catalog& catalog);

/// The example of a name, fields, citations and the archive. Thread-safe.
nlohmann::ordered_json mission_json(const recipe::MissionSettings& mission);

}  // namespace uhuru::serve
