// Cross-matching of two catalogs.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/sky/position_columns.hpp"
#include "uhuru/sky/sphere.hpp"
#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::sky {

enum class MatchFind { best, all };

struct MatchedPair {
  size_t left, right;
  double separation_arcsec;
  bool tied = false;  // with MatchFind::best: another right row is exactly as near
};

/// The pairs within `radius_arcsec` (inclusive), ordered by left row, separation, right row; with
/// MatchFind::best only the first of each left row. Invalid positions have no match. The result is
/// the same for any number of threads. Throws Error (usage) if the radius is not between 0 and 180
/// degrees.
std::vector<MatchedPair> crossmatch(std::span<const SkyPosition> left,
                                    std::span<const SkyPosition> right, double radius_arcsec,
                                    MatchFind find, const Threads& threads);

struct CrossmatchCounts {
  size_t left = 0;              // rows of the left table
  size_t matched = 0;           // left rows with a match
  size_t without_position = 0;  // left rows without a valid position
  size_t right_without_position = 0;
  size_t rows = 0;                       // of the joined table
  size_t choices = 0, first_choice = 0;  // left rows with a choice, and the first of them, from 1
  double search_seconds = 0;
  std::vector<std::string> notes;  // matches that were a choice, positions that cannot be read
};

/// Joins the left table with the columns of the best match (or of each match) in the right table
/// and adds `separation_arcsec`; every left row is kept, with missing values if it has no match.
/// Right columns with a name that occurs on the left get the suffix "_2" (or "_3", …).
Table crossmatch_tables(const Table& left, const PositionColumns& left_position, const Table& right,
                        const PositionColumns& right_position, double radius_arcsec, MatchFind find,
                        const Threads& threads, CrossmatchCounts* counts = nullptr);

/// The same for the rows that a rank has: the positions of both are known, `left_before` is the
/// number of left rows before. The counts are of these rows, and without notes.
Table crossmatch_rows(const Table& left, std::span<const SkyPosition> left_positions,
                      uint64_t left_before, const Table& right,
                      std::span<const SkyPosition> right_positions, double radius_arcsec,
                      MatchFind find, const Threads& threads, CrossmatchCounts& counts);
/// What is said of left rows with a choice; nothing if there are none.
void note_choices(CrossmatchCounts& counts);

/// The same for equal keys (see KeyIndex); of several right rows the first is used (all with
/// MatchFind::all). If nothing matches, a note names the types of both columns.
Table join_tables(const Table& left, const std::string& left_key, const Table& right,
                  const std::string& right_key, MatchFind find, CrossmatchCounts* counts = nullptr);

}  // namespace uhuru::sky
#pragma GCC visibility pop
