// What a table says of its making: by which program and command, from which files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru {

/// A file, or what is built in, by its name without folder; either may be empty.
struct NamedDigest {
  std::string name, sha256;

  /// "det.vot sha256:0a1b…"
  std::string text() const;
};

/// How a table was made. What is empty is not known.
struct Provenance {
  std::string software;  // "uhuru 0.9.0"
  std::string command;   // as typed, but files without their folders
  NamedDigest recipe, model;
  std::vector<NamedDigest> inputs;
  std::string date;  // see utc_time
};

/// See Packer.
template <class Archive>
void transfer(Archive& archive, NamedDigest& digest) {
  archive(digest.name, digest.sha256);
}
template <class Archive>
void transfer(Archive& archive, Provenance& provenance) {
  archive(provenance.software, provenance.command, provenance.recipe, provenance.model,
          provenance.inputs, provenance.date);
}

/// Says in a header how its table is made: parameters `software`, `command`, `recipe`, `model`,
/// `input`, `input_2` ..., `date`. Those of the step before are replaced; a recipe and a model stay
/// if this step has none. Its command stays as `step_1`, `step_2` ..., of which the latest nine are
/// kept. Thread-safe.
void add_provenance(const Provenance& provenance, Table& header);

/// The steps that a header tells, in order, with the program of each: "uhuru 0.9.0: uhuru predict
/// det.vot". Thread-safe.
std::vector<std::string> steps_of(const Table& header);

/// The time in the environment variable SOURCE_DATE_EPOCH; none if that is empty. Throws Error
/// (usage) if it is no number of seconds before the year 10000. Thread-safe.
std::optional<int64_t> source_date(const std::string& source_date_epoch);

/// Seconds since 1970 as ISO 8601 in UTC, as FITS has it: "2026-11-29T17:06:50". Thread-safe.
std::string utc_time(int64_t seconds);

}  // namespace uhuru
#pragma GCC visibility pop
