// Two tables joined by position or by a key.
#pragma once

#include <string>
#include <vector>

#include "uhuru/base/stopwatch.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/sky/crossmatch.hpp"

#pragma GCC visibility push(default)
namespace uhuru::jobs {

struct CrossmatchOptions {
  std::string left, right;  // names of tables
  std::string out;          // name of a table
  io::WriteOptions write;
  double radius_arcsec = 1;
  sky::MatchFind find = sky::MatchFind::best;
  std::string key, right_key;  // columns; by position, if there is no key
  sky::PositionColumns left_position{"ra", "dec"}, right_position{"ra", "dec"};
};

struct CrossmatchSummary : sky::CrossmatchCounts {
  StageSeconds seconds;
};

/// Joins two tables, see crossmatch_tables and join_tables, and writes the result. By position,
/// each rank joins a part of the left rows with the right rows that are near to them; by a key, the
/// first rank joins all. The output is the same for any number of threads and ranks. Collective.
/// Throws Error.
CrossmatchSummary crossmatch_files(const CrossmatchOptions& options, const Threads& threads);

}  // namespace uhuru::jobs
#pragma GCC visibility pop
