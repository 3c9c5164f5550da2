// Several tables that are read as one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/io/table_io.hpp"

#pragma GCC visibility push(default)
namespace uhuru::io {

/// One of several tables. `open` opens it from its beginning, each time that it is called.
struct JoinedPart {
  std::string name;  // for messages
  std::function<std::unique_ptr<TableReader>(const Threads&)> open;
};

/// Reads tables one after the other as one, with the columns of all in the order of their first
/// appearance.
///
/// Columns belong together by name, in upper or lower case. A column that a table lacks is missing
/// there. Values are converted to the unit of the first table that has one; no unit is the same as
/// any. Whole numbers and reals become reals, numbers and texts become texts, arrays of different
/// lengths arrays of variable length; a column without any value has every type. Parameters are
/// kept if all tables that have some agree. All of these differences are told by notes(), each
/// once.
///
/// Each table is opened twice: for its header, and for its rows; few are open at a time. Text that
/// has a column without type is read once more. Throws Error (input) as open_table does, and if a
/// unit cannot be converted, coordinate systems differ, a column has incompatible shapes, or a
/// table has changed meanwhile. The rows in messages are those of the table that they name. The
/// reader is not thread-safe. Of several ranks, each reads some of the tables, about as many bytes;
/// the others learn their headers. Collective: all name the same tables.
std::unique_ptr<TableReader> open_joined(std::vector<JoinedPart> parts,
                                         const Threads& threads = Threads(1),
                                         const Communicator& ranks = Communicator::alone());

}  // namespace uhuru::io
#pragma GCC visibility pop
