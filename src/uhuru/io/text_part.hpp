// The records of a text, divided among several ranks.
#pragma once

#include "uhuru/base/communicator.hpp"
#include "uhuru/io/byte_source.hpp"
#include "uhuru/io/text_records.hpp"

namespace uhuru::io {

/// The part of a text that this rank reads, without `lines_before`; the records begin at byte
/// `begin`. `source`: the text, a file that can be read from any place. `may_quote`: whether a
/// record with quotes can have several lines. Collective.
///
/// Whether a line end is within quotes depends on all bytes before: each rank goes through its
/// bytes for both cases, and then all learn which it was.
TextPart text_part_of_rank(std::unique_ptr<ByteSource> source, const RecordRules& rules,
                           bool may_quote, uint64_t begin, const Communicator& ranks);

}  // namespace uhuru::io
