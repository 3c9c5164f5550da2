// How a record describes the files that were read.
#pragma once

#include <nlohmann/json.hpp>

#include "uhuru/io/input.hpp"

#pragma GCC visibility push(default)
namespace uhuru::tables {

/// Name and SHA-256 of an input.
inline nlohmann::ordered_json file_record(const io::Input& input) {
  return {{"name", input.name()}, {"sha256", input.sha256()}};
}

}  // namespace uhuru::tables
#pragma GCC visibility pop
