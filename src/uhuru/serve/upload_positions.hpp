// The positions in an uploaded table.
#pragma once

#include <functional>

#include "uhuru/io/table_io.hpp"
#include "uhuru/serve/catalog_api.hpp"

#pragma GCC visibility push(default)
namespace uhuru::serve {

/// The names and positions, in degrees, of the first 10,000 rows of a table. Its columns are
/// recognised by their names and UCDs, see recipe::find_roles; rows without a position are left out
/// and counted. `stop` returns whether to give up, which is an error.
///
/// Throws Error (input), naming the file, if no columns look like positions, and as TableReader and
/// PositionReader. Thread-safe for different readers.
ApiAnswer upload_positions(const Query::Parameters& parameters, io::TableReader& table,
                           const std::function<bool()>& stop);

}  // namespace uhuru::serve
#pragma GCC visibility pop
