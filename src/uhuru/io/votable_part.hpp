// The rows of a TABLEDATA, divided among several ranks.
#pragma once

#include <cstdint>

#include "uhuru/base/communicator.hpp"
#include "uhuru/io/byte_source.hpp"

namespace uhuru::io {

/// The rows that one rank reads: the bytes from `begin`, where a row begins, to `end`; the last
/// rank with rows also reads what follows them, up to the end of the file.
struct VotablePart {
  uint64_t begin = 0, end = 0;
  bool goes_on = false;  // to the end of the file
  uint64_t rows_before = 0, lines_before = 0;

  bool is_empty() const { return begin == end && !goes_on; }
};

/// The part of this rank; `begin` is where the content of the TABLEDATA begins. The first rank
/// reads everything if `can_divide` is false in any, or the rows are not all plain: <TR> that
/// contain only TD, without comments, CDATA sections, processing instructions or prefixes.
/// `source`: the file, which is left somewhere. Collective.
VotablePart votable_part_of_rank(ByteSource& source, uint64_t begin, bool can_divide,
                                 const Communicator& ranks);

}  // namespace uhuru::io
