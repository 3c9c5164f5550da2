// Human-readable JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#pragma GCC visibility push(default)
namespace uhuru {

/// Formats JSON with indentation; lists of numbers, and lists of strings that fit in a line of 100
/// characters, are put on one line.
std::string readable_json(const nlohmann::ordered_json& json);

}  // namespace uhuru
#pragma GCC visibility pop
