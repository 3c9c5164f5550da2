// The header of a table as bytes for another process.
#pragma once

#include <string>
#include <string_view>

#include "uhuru/table/table.hpp"

namespace uhuru::io {

/// Name, description, parameters, systems, notes and columns, without rows.
std::string packed_header(const Table& header);
/// The same from such bytes.
Table unpacked_header(std::string_view bytes);

}  // namespace uhuru::io
