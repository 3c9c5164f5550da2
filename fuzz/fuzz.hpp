// Shared by the fuzz targets: only Error may leave a parser, and what was read must survive a
// writer and a second reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "uhuru/base/error.hpp"
#include "uhuru/io/table_io.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace uhuru::fuzz {

/// Aborts the program, which a fuzzer notices, if a property does not hold.
void require(bool holds, const std::string& property);

/// Runs a parser on hostile input: an Error is accepted unless it reports a bug; any other
/// exception ends the program.
template <class Parse>
void only_errors(Parse&& parse) {
  try {
    parse();
  } catch (const Error& error) {
    require(error.kind() != ErrorKind::bug, error.what());
  }
}

/// Reads a table in small batches and checks that each is complete. `rows` is empty if the table is
/// too large to be worth writing.
struct ReadTable {
  Table rows;
  bool complete = false;
};
ReadTable read_in_batches(io::TableReader& reader);

/// Writes the table in this format, reads it again and requires the same cells and, for VOTables,
/// the same columns. An Error when writing is accepted.
void require_round_trip(const Table& table, io::Format format);

}  // namespace uhuru::fuzz
