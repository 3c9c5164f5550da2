// Small tables as VOTables in memory.
#pragma once

#include <string>

#include "uhuru/table/table.hpp"

namespace uhuru::serve {

constexpr const char* votable_type = "application/x-votable+xml";

/// The parts of a VOTable before and after the rows of its only table; put_votable_row writes rows.
/// `more`: whether there are more rows than these (QUERY_STATUS OVERFLOW).
std::string votable_head(const Table& header);
std::string votable_tail(bool more);
/// The complete VOTable.
std::string votable_answer(const Table& table, bool more);
/// A VOTable that reports an error.
std::string votable_error(const std::string& message);

}  // namespace uhuru::serve
