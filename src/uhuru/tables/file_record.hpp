// How a record describes the files that were read.
#pragma once

#include <nlohmann/json.hpp>

#include "uhuru/io/input.hpp"

#pragma GCC visibility push(default)
namespace uhuru::tables {

/// Name and SHA-256 of an input; of several files, also those of each as `files`.
inline nlohmann::ordered_json file_record(const io::Input& input) {
  nlohmann::ordered_json record = {{"name", input.name()}, {"sha256", input.sha256()}};
  if (input.is_several())
    for (const NamedDigest& file : input.digests())
      record["files"].push_back({{"name", file.name}, {"sha256", file.sha256}});
  return record;
}

}  // namespace uhuru::tables
#pragma GCC visibility pop
