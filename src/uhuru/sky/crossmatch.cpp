#include "uhuru/sky/crossmatch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "uhuru/base/error.hpp"
#include "uhuru/base/stopwatch.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/sky/sky_index.hpp"
#include "uhuru/table/input_columns.hpp"
#include "uhuru/table/keys.hpp"

namespace uhuru::sky {
namespace {

bool has_name(const Table& table, const std::string& name) {
  return std::any_of(table.columns.begin(), table.columns.end(),
                     [&](const Column& column) { return same_but_case(column.field.name, name); });
}

/// Says for how many left rows one of several equally good right rows was used.
void note_choices(const char* what, CrossmatchCounts& counts) {
  counts.notes.push_back(fmt::format(
      "several right rows {} {} left row{} (first: row {} of the left table); the first "
      "of them is used",
      what, with_commas(counts.choices), counts.choices == 1 ? "" : "s", counts.first_choice));
}

/// The columns of both tables; right columns are renamed if their names are taken.
Table joined_columns(const Table& left, const Table& right) {
  Table joined = left.empty_copy();
  for (const Column& column : right.columns) {
    Field field = column.field;
    for (int suffix = 2; has_name(joined, field.name); ++suffix)
      field.name = fmt::format("{}_{}", column.field.name, suffix);
    joined.add_from(right, std::move(field));
  }
  return joined;
}

/// Appends rows of both tables, side by side, to the columns of joined_columns(); right rows may be
/// Column::no_row.
void append_joined(const Table& left, std::span<const size_t> left_rows, const Table& right,
                   std::span<const size_t> right_rows, const Threads& threads, Table& joined) {
  const size_t lefts = left.columns.size();
  threads.run(lefts + right.columns.size(), [&](size_t c) {
    if (c < lefts)
      joined.columns[c].append_rows(left.columns[c], left_rows);
    else
      joined.columns[c].append_rows(right.columns[c - lefts], right_rows);
  });
}

bool nearer(const MatchedPair& a, const MatchedPair& b) {
  return a.separation_arcsec != b.separation_arcsec ? a.separation_arcsec < b.separation_arcsec
                                                    : a.right < b.right;
}

void find_all(const SkyIndex& index, const SkyPosition& position, size_t row, double radius_arcsec,
              std::vector<MatchedPair>& pairs) {
  const auto first = static_cast<long>(pairs.size());
  index.near<false>(position, radius_arcsec / 3600, [&](size_t other, const SkyPosition& there) {
    const double separation = separation_arcsec(position, there);
    if (separation <= radius_arcsec) pairs.push_back({row, other, separation});
    return radius_arcsec / 3600;
  });
  std::sort(pairs.begin() + first, pairs.end(), nearer);
  // A position on the opposite side of the sky may be visited twice.
  const auto same = [](const MatchedPair& a, const MatchedPair& b) { return a.right == b.right; };
  pairs.erase(std::unique(pairs.begin() + first, pairs.end(), same), pairs.end());
}

std::optional<MatchedPair> find_best(const SkyIndex& index, const SkyPosition& position, size_t row,
                                     double radius_arcsec) {
  std::optional<MatchedPair> best;
  double known_arcsec = radius_arcsec;  // anything farther is not the best
  // The circle grows until it contains the nearest position: in a crowded field most of a large
  // circle is never examined.
  double circle_deg = index.spacing_deg(position);
  while (true) {
    circle_deg = std::min(circle_deg, known_arcsec / 3600);
    index.near<true>(position, circle_deg, [&](size_t other, const SkyPosition& there) {
      MatchedPair pair{row, other, separation_arcsec(position, there)};
      const bool as_near = best && pair.separation_arcsec == best->separation_arcsec;
      // The same row is met again in a larger circle.
      if (as_near && other != best->right) best->tied = pair.tied = true;
      if (pair.separation_arcsec <= known_arcsec && (!best || nearer(pair, *best))) {
        best = pair;
        known_arcsec = pair.separation_arcsec;
      }
      return std::min(circle_deg, known_arcsec / 3600);
    });
    if (circle_deg >= known_arcsec / 3600) return best;
    circle_deg *= 4;
  }
}

}  // namespace

std::vector<MatchedPair> crossmatch(std::span<const SkyPosition> left,
                                    std::span<const SkyPosition> right, double radius_arcsec,
                                    MatchFind find, const Threads& threads) {
  if (!(radius_arcsec >= 0 && radius_arcsec <= 180 * 3600.0))
    throw Error(ErrorKind::usage, "invalid radius", "", "0 to 648000 arcsec",
                fmt::format("{}", radius_arcsec));
  const SkyIndex index(right, radius_arcsec / 3600, threads);
  constexpr size_t chunk_rows = 4096;
  constexpr size_t block_rows = 64;
  std::vector<std::vector<MatchedPair>> parts(chunk_count(left.size(), chunk_rows));
  threads.for_rows(left.size(), chunk_rows, [&](size_t begin, size_t end, size_t chunk) {
    std::vector<MatchedPair>& pairs = parts[chunk];
    for (size_t row = begin; row < end; ++row) {
      if ((row - begin) % block_rows == 0)
        index.prefetch(left.subspan(row, std::min(block_rows, end - row)));
      if (!is_valid(left[row])) continue;
      if (find == MatchFind::all)
        find_all(index, left[row], row, radius_arcsec, pairs);
      else if (const auto best = find_best(index, left[row], row, radius_arcsec))
        pairs.push_back(*best);
    }
  });
  size_t count = 0;
  for (const auto& part : parts) count += part.size();
  std::vector<MatchedPair> pairs;
  pairs.reserve(count);
  for (const auto& part : parts) pairs.insert(pairs.end(), part.begin(), part.end());
  return pairs;
}

void note_choices(CrossmatchCounts& counts) {
  if (counts.choices) note_choices("are equally near to", counts);
}

Table crossmatch_rows(const Table& left, std::span<const SkyPosition> left_positions,
                      uint64_t left_before, const Table& right,
                      std::span<const SkyPosition> right_positions, double radius_arcsec,
                      MatchFind find, const Threads& threads, CrossmatchCounts& counts) {
  Stopwatch stopwatch;
  const auto pairs = crossmatch(left_positions, right_positions, radius_arcsec, find, threads);
  counts.search_seconds = stopwatch.since_last();
  Table joined = joined_columns(left, right);
  Field separation;
  separation.name = "separation_arcsec";
  separation.unit = "arcsec";
  separation.ucd = "pos.angDistance";
  separation.description = "Great-circle angle between the two positions";
  for (int suffix = 2; has_name(joined, separation.name); ++suffix)
    separation.name = fmt::format("separation_arcsec_{}", suffix);
  joined.add(std::move(separation));
  counts.left = left.rows();
  std::vector<size_t> left_rows, right_rows;
  left_rows.reserve(left.rows());
  right_rows.reserve(left.rows());
  Column& separations = joined.columns.back();
  separations.reserve(left.rows());
  const auto add = [&](size_t left_row, size_t right_row, double separation_arcsec) {
    left_rows.push_back(left_row);
    right_rows.push_back(right_row);
    separations.append_number(separation_arcsec);
  };
  auto pair = pairs.begin();
  for (size_t row = 0; row < left.rows(); ++row) {
    counts.without_position += !is_valid(left_positions[row]);
    if (pair == pairs.end() || pair->left != row) {
      add(row, Column::no_row, std::nan(""));
      continue;
    }
    ++counts.matched;
    if (pair->tied && counts.choices++ == 0) counts.first_choice = left_before + row + 1;
    for (; pair != pairs.end() && pair->left == row; ++pair)
      add(row, pair->right, pair->separation_arcsec);
  }
  append_joined(left, left_rows, right, right_rows, threads, joined);
  for (const SkyPosition& position : right_positions)
    counts.right_without_position += !is_valid(position);
  counts.rows = joined.rows();
  return joined;
}

Table crossmatch_tables(const Table& left, const PositionColumns& left_position, const Table& right,
                        const PositionColumns& right_position, double radius_arcsec, MatchFind find,
                        const Threads& threads, CrossmatchCounts* counts) {
  CrossmatchCounts count;
  std::vector<SkyPosition> left_positions, right_positions;
  std::vector<std::string> right_notes;
  threads.run(2, [&](size_t side) {
    if (side == 0)
      left_positions = positions(left, left_position, &count.notes);
    else
      right_positions = positions(right, right_position, &right_notes);
  });
  count.notes.insert(count.notes.end(), right_notes.begin(), right_notes.end());
  Table joined = crossmatch_rows(left, left_positions, 0, right, right_positions, radius_arcsec,
                                 find, threads, count);
  note_choices(count);
  if (counts) *counts = count;
  return joined;
}

Table join_tables(const Table& left, const std::string& left_key, const Table& right,
                  const std::string& right_key, MatchFind find, CrossmatchCounts* counts) {
  const KeyIndex index(input_column(left, left_key), input_column(right, right_key));
  std::vector<size_t> left_rows, right_rows;
  CrossmatchCounts count;
  count.left = left.rows();
  for (size_t row = 0; row < left.rows(); ++row) {
    const auto found = index.rows(row);
    count.matched += !found.empty();
    if (find == MatchFind::best && found.size() > 1 && count.choices++ == 0)
      count.first_choice = row + 1;
    for (const size_t other : found) {
      left_rows.push_back(row);
      right_rows.push_back(other);
      if (find == MatchFind::best) break;
    }
    if (!found.empty()) continue;
    left_rows.push_back(row);
    right_rows.push_back(Column::no_row);
  }
  if (count.choices) note_choices("have the key of", count);
  if (count.matched == 0 && left.rows() > 0 && right.rows() > 0)
    count.notes.push_back("no keys are equal: " + index.columns());
  Table joined = joined_columns(left, right);
  append_joined(left, left_rows, right, right_rows, Threads(1), joined);
  count.rows = joined.rows();
  if (counts) *counts = count;
  return joined;
}

}  // namespace uhuru::sky
