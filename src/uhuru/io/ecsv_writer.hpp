// What ECSV has beyond CSV, to be written.
#pragma once

#include <string>

#include "uhuru/table/table.hpp"

namespace uhuru::io {

/// The lines of an ECSV table before its line of names; its cells are separated by commas. UCD,
/// utype and xtype of a column are in its meta; name, description and parameters of the table in
/// that of the table. Others of a field are dropped. Source: astropy's APE 6.
std::string ecsv_header(const Table& header);

/// The values of a cell with an array that is not missing, as JSON.
std::string ecsv_array(const Column& column, size_t row);

}  // namespace uhuru::io
