// A table as several files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "uhuru/base/communicator.hpp"
#include "uhuru/io/table_io.hpp"

#pragma GCC visibility push(default)
namespace uhuru::io {

/// The name of a part: "classes.fits" with "03" is "classes-03.fits".
std::string part_name(const std::string& path, const std::string& part);

/// The parts of a table of this name that are there, by their names: those of `parts` and of others
/// of its kind, by number or by the same pixels. None if the folder is absent. Throws Error
/// (input) if it cannot be read.
std::vector<std::string> existing_parts(const std::string& path, const Parts& parts);

/// Writes the table as the parts of `options.parts`, shared among the ranks: each writes some of
/// them. Rows are kept in an unnamed temporary file of each rank until commit(), which is
/// collective. The parts are the same for any number of ranks. Existing ones that are not written
/// again are removed if they may be replaced.
std::unique_ptr<TableWriter> create_parts(const std::string& path, const Table& header,
                                          const WriteOptions& options, const Communicator& ranks);

}  // namespace uhuru::io
#pragma GCC visibility pop
