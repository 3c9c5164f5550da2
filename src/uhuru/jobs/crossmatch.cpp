#include "uhuru/jobs/crossmatch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <unordered_set>

#include "uhuru/io/ranks_writer.hpp"
#include "uhuru/io/table_names.hpp"
#include "uhuru/sky/healpix.hpp"
#include "uhuru/sky/sky_index.hpp"

namespace uhuru::jobs {
namespace {

using sky::SkyPosition;

/// The rows that a rank reads of a table, with their positions.
struct Side {
  Side(const std::string& of_table, const Threads& threads) {
    const auto reader = io::open_table_part(of_table, threads);
    rows = io::read_table(*reader);
    name = io::shown_table_name(of_table);
    numbered_before = reader->rows_before();
    before = numbered_before + reader->late_rows();
    notes = rows.notes;
  }
  void find_positions(const sky::PositionColumns& columns, const Communicator& ranks) {
    positions = in_table(rows, [&] {
      return sky::positions(rows, columns, &position_notes, numbered_before, ranks,
                            before - numbered_before);
    });
    for (std::string& note : position_notes) note = fmt::format("{}: {}", name, note);
  }
  std::string name;  // for messages
  Table rows;
  uint64_t before;           // rows of earlier ranks
  uint64_t numbered_before;  // those that count in the numbers of rows.files
  std::vector<SkyPosition> positions;
  std::vector<std::string> notes, position_notes;  // of the whole table
};

// Pixels of about half a degree: some hundred thousand in the sky.
constexpr int pixel_order = 7;
// No pixel is wider than 2.2 rad / 2^order.
constexpr double pixel_deg = 2.2 / (1 << pixel_order) * 180 / std::numbers::pi;

/// One position in each pixel that has any.
std::vector<SkyPosition> one_in_each_pixel(std::span<const SkyPosition> positions) {
  std::vector<SkyPosition> result;
  std::unordered_set<uint64_t> pixels;
  for (const SkyPosition& position : positions)
    if (is_valid(position) && pixels.insert(sky::healpix_nested(position, pixel_order)).second)
      result.push_back(position);
  return result;
}

/// Sends each right row to the ranks that have left rows within the radius of it, and perhaps to
/// others. The rows keep their order. The counts are those of rows without position.
void bring_near(const Side& left, double radius_arcsec, const Threads& threads, Side& right,
                sky::CrossmatchCounts& counts) {
  const Communicator& ranks = threads.ranks();
  for (const SkyPosition& position : right.positions)
    counts.right_without_position += !is_valid(position);
  const double margin_deg = radius_arcsec / 3600 + pixel_deg;
  const auto own = one_in_each_pixel(left.positions);
  std::vector<std::vector<size_t>> to_each;
  std::vector<std::string> positions_to_each;
  for (const std::string& bytes : ranks.all_gather(bytes_of(std::span<const SkyPosition>(own)))) {
    std::vector<SkyPosition> wanted;
    append_values(bytes, wanted);
    const sky::SkyIndex index(wanted, margin_deg, threads);
    std::vector<size_t> rows;
    std::vector<SkyPosition> positions;
    for (size_t row = 0; row < right.positions.size(); ++row) {
      if (!is_valid(right.positions[row])) continue;
      bool is_near = false;
      index.near<true>(right.positions[row], margin_deg, [&](size_t, const SkyPosition&) {
        is_near = true;
        return margin_deg;
      });
      if (!is_near) continue;
      rows.push_back(row);
      positions.push_back(right.positions[row]);
    }
    to_each.push_back(std::move(rows));
    positions_to_each.emplace_back(bytes_of(std::span<const SkyPosition>(positions)));
  }
  exchange_rows(right.rows, to_each, ranks);
  right.positions.clear();
  for (const std::string& bytes : ranks.all_to_all(positions_to_each))
    append_values(bytes, right.positions);
}

/// The counts of all ranks.
void add_up(const Communicator& ranks, sky::CrossmatchCounts& counts) {
  struct Numbers {
    size_t left, matched, without_position, right_without_position, rows, choices, first_choice;
  };
  const auto of_ranks = ranks.of_each(Numbers{counts.left, counts.matched, counts.without_position,
                                              counts.right_without_position, counts.rows,
                                              counts.choices, counts.first_choice});
  counts.left = counts.matched = counts.without_position = counts.right_without_position =
      counts.rows = counts.choices = 0;
  for (const Numbers& numbers : of_ranks) {
    if (counts.choices == 0) counts.first_choice = numbers.first_choice;
    counts.left += numbers.left;
    counts.matched += numbers.matched;
    counts.without_position += numbers.without_position;
    counts.right_without_position += numbers.right_without_position;
    counts.rows += numbers.rows;
    counts.choices += numbers.choices;
  }
}

void write(const CrossmatchOptions& options, const Table& joined, const Communicator& ranks) {
  const auto writer =
      io::create_table_of_ranks(options.out, joined.empty_copy(), options.write, ranks);
  writer->write(joined);
  writer->commit();
}

CrossmatchSummary match_positions(const CrossmatchOptions& options, const Threads& threads) {
  CrossmatchSummary summary;
  Stopwatch stopwatch;
  const Communicator& ranks = threads.ranks();
  Side left(options.left, threads), right(options.right, threads);
  stopwatch.lap("read");
  const auto find_positions = [&](size_t side) {
    if (side == 0)
      left.find_positions(options.left_position, ranks);
    else
      right.find_positions(options.right_position, ranks);
  };
  if (ranks.is_alone())
    threads.run(2, find_positions);
  else  // by the main thread, since ranks exchange what is odd
    for (size_t side = 0; side < 2; ++side) find_positions(side);
  sky::CrossmatchCounts moved;
  if (!ranks.is_alone()) bring_near(left, options.radius_arcsec, threads, right, moved);
  const Table joined =
      crossmatch_rows(left.rows, left.positions, left.before, right.rows, right.positions,
                      options.radius_arcsec, options.find, threads, summary);
  if (!ranks.is_alone()) summary.right_without_position = moved.right_without_position;
  add_up(ranks, summary);
  for (const auto* notes : {&left.notes, &right.notes, &left.position_notes, &right.position_notes})
    summary.notes.insert(summary.notes.end(), notes->begin(), notes->end());
  note_choices(summary);
  stopwatch.add("search", summary.search_seconds);
  stopwatch.add("join", stopwatch.since_last() - summary.search_seconds);
  write(options, joined, ranks);
  stopwatch.lap("write");
  summary.seconds = stopwatch.seconds();
  return summary;
}

CrossmatchSummary match_keys(const CrossmatchOptions& options, const Threads& threads) {
  CrossmatchSummary summary;
  if (!threads.ranks().is_first()) return summary;
  Stopwatch stopwatch;
  const Table left = io::read_table(options.left, threads);
  const Table right = io::read_table(options.right, threads);
  stopwatch.lap("read");
  const Table joined = sky::join_tables(left, options.key, right,
                                        options.right_key.empty() ? options.key : options.right_key,
                                        options.find, &summary);
  stopwatch.lap("join");
  write(options, joined, Communicator::alone());
  stopwatch.lap("write");
  for (const auto* notes : {&right.notes, &left.notes})
    summary.notes.insert(summary.notes.begin(), notes->begin(), notes->end());
  summary.seconds = stopwatch.seconds();
  return summary;
}

}  // namespace

CrossmatchSummary crossmatch_files(const CrossmatchOptions& options, const Threads& threads) {
  return options.key.empty() ? match_positions(options, threads) : match_keys(options, threads);
}

}  // namespace uhuru::jobs
