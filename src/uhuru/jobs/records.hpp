// How the record of a run describes its files.
#pragma once

#include <nlohmann/json.hpp>

#include "uhuru/io/input.hpp"

namespace uhuru {

/// Name and SHA-256 of an input.
inline nlohmann::ordered_json file_record(const Input& input) {
  return {{"name", input.name()}, {"sha256", input.sha256()}};
}

}  // namespace uhuru
