// What a catalog's recipe says of its mission, for the pages.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "uhuru/recipe/recipe.hpp"

namespace uhuru::serve {

/// The example of a name, fields, citations and the archive. Thread-safe.
nlohmann::ordered_json mission_json(const recipe::MissionSettings& mission);

}  // namespace uhuru::serve
