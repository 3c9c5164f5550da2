// A table that several ranks write together.
#pragma once

#include <memory>
#include <string>

#include "uhuru/base/communicator.hpp"
#include "uhuru/io/table_io.hpp"

#pragma GCC visibility push(default)
namespace uhuru::io {

/// Starts a table whose rows are those of rank 0, then those of rank 1, and so on: the same bytes
/// as if one had written them all. Rank 0 writes; the others keep their rows in an unnamed
/// temporary file until it asks for them. commit() is collective. For one rank, as create_table,
/// whose errors it throws.
std::unique_ptr<TableWriter> create_table_of_ranks(const std::string& path, const Table& header,
                                                   const WriteOptions& options,
                                                   const Communicator& ranks);

}  // namespace uhuru::io
#pragma GCC visibility pop
