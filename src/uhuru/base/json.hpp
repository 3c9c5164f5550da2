// JSON as people read it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace uhuru {

/// The JSON indented, with lists of numbers or texts that fit on a line of 100 characters, and all
/// lists of numbers, on one line.
std::string readable_json(const nlohmann::ordered_json& json);

}  // namespace uhuru
