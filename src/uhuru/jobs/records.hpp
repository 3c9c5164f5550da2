// How the record of a run describes its files.
#pragma once

#include <nlohmann/json.hpp>

#include "uhuru/io/input.hpp"

namespace uhuru::jobs {

/// Name and SHA-256 of an input.
inline nlohmann::ordered_json file_record(const io::Input& input) {
  return {{"name", input.name()}, {"sha256", input.sha256()}};
}

}  // namespace uhuru::jobs
