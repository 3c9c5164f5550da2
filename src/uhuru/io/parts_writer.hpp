// A table as several files.
#pragma once

#include <memory>
#include <string>

#include "uhuru/base/communicator.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru::io {

/// The name of a part: "classes.fits" with "03" is "classes-03.fits".
std::string part_name(const std::string& path, const std::string& part);

/// Writes the table as the parts of `options.parts`, shared among the ranks: each writes some of
/// them. Rows are kept in an unnamed temporary file of each rank until commit(), which is
/// collective. The parts are the same for any number of ranks.
std::unique_ptr<TableWriter> create_parts(const std::string& path, const Table& header,
                                          const WriteOptions& options, const Communicator& ranks);

}  // namespace uhuru::io
