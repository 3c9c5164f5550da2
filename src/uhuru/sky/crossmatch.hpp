// Which positions of two catalogs belong together.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/sky/sphere.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru {

enum class MatchFind { best, all };

struct MatchedPair {
  size_t left, right;
  double separation_arcsec;
};

/// The pairs within `radius_arcsec` (inclusive), in order of the left row, then separation, then
/// right row; with MatchFind::best the first of each left row only. Positions that are not valid
/// match nothing. The same at any number of threads. Throws Error (usage) for a radius that is not
/// between 0 and 180 degrees.
std::vector<MatchedPair> crossmatch(std::span<const SkyPosition> left,
                                    std::span<const SkyPosition> right, double radius_arcsec,
                                    MatchFind find, const Threads& threads);

struct CrossmatchCounts {
  size_t left = 0;              // rows of the left table
  size_t matched = 0;           // of these with a match
  size_t without_position = 0;  // of these without a valid position
  size_t right_without_position = 0;
  double search_seconds = 0;
};

struct PositionColumns {
  std::string ra, dec;  // names of columns in degrees
};

/// The left table with the columns of the best (or each) match of the right one joined and
/// `separation_arcsec` added; every left row is kept, without a match its right side is missing.
/// Names that both sides have get "_2" (or "_3", …) on the right.
Table crossmatch_tables(const Table& left, const PositionColumns& left_position, const Table& right,
                        const PositionColumns& right_position, double radius_arcsec, MatchFind find,
                        const Threads& threads, CrossmatchCounts* counts = nullptr);

/// The same by equal values of a column, compared as text; of several right rows the first is taken
/// (all of them with MatchFind::all). A missing key matches nothing.
Table join_tables(const Table& left, const std::string& left_key, const Table& right,
                  const std::string& right_key, MatchFind find, CrossmatchCounts* counts = nullptr);

/// The positions in two columns; not valid where one is missing.
std::vector<SkyPosition> positions(const Table& table, const PositionColumns& columns);

}  // namespace uhuru
