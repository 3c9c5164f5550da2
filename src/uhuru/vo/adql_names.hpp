// Names that ADQL and SQL take without quotes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)
namespace uhuru::vo {

/// A name of letters a-z, digits and _ that begins with a letter and is no reserved word of ADQL or
/// PostgreSQL: upper case becomes lower, every run of other characters one _, none at the ends;
/// "c_" is put before a digit, "_" after a reserved word; "column_" if nothing is left. At most 48
/// characters. Thread-safe. Source: ADQL 2.1, sec. 2.1.2 and 2.1.3; PostgreSQL, appendix C.
std::string adql_name(std::string_view name);

/// The same for the columns of a table: of two that become equal, the second gets _2, and so on.
std::vector<std::string> adql_names(std::span<const std::string> names);

}  // namespace uhuru::vo
#pragma GCC visibility pop
