#include "uhuru/sky/crossmatch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "uhuru/base/error.hpp"

namespace uhuru {
namespace {

/// The right catalog in zones of declination, each in order of right ascension.
/// Source: Gray, Szalay et al. 2006, the zones algorithm.
class Zones {
 public:
  Zones(std::span<const SkyPosition> positions, double radius_deg)
      : radius_deg_(radius_deg), height_deg_(std::max(radius_deg, smallest_zone_deg)) {
    const auto count = static_cast<size_t>(180 / height_deg_) + 1;
    begins_.assign(count + 1, 0);
    for (size_t i = 0; i < positions.size(); ++i) {
      if (!is_valid(positions[i])) continue;
      entries_.push_back({normal_ra(positions[i].ra_deg), positions[i], i});
      ++begins_[zone(positions[i].dec_deg) + 1];
    }
    std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
    std::sort(entries_.begin(), entries_.end(), [this](const Entry& a, const Entry& b) {
      const size_t za = zone(a.position.dec_deg);
      const size_t zb = zone(b.position.dec_deg);
      return za != zb ? za < zb : a.ra < b.ra || (a.ra == b.ra && a.row < b.row);
    });
  }

  /// Calls `visit(row, position)` for every position that may lie within the radius.
  template <class Visit>
  void near(const SkyPosition& position, const Visit& visit) const {
    const double low = position.dec_deg - radius_deg_ - margin_deg;
    const double high = position.dec_deg + radius_deg_ + margin_deg;
    const double ra = normal_ra(position.ra_deg);
    const double width = half_width(low, high);
    for (size_t z = zone(low); z <= zone(high); ++z) {
      if (width >= 180) {
        range(z, 0, 360, visit);
        continue;
      }
      range(z, ra - width, ra + width, visit);
      if (ra - width < 0) range(z, ra - width + 360, 360, visit);
      if (ra + width >= 360) range(z, 0, ra + width - 360, visit);
    }
  }

 private:
  struct Entry {
    double ra;
    SkyPosition position;
    size_t row;
  };

  static constexpr double margin_deg = 1e-9;  // beyond the rounding of angles in degrees
  static constexpr double smallest_zone_deg = 1.0 / 3600;  // bounds the number of zones

  static double normal_ra(double ra) {
    ra -= 360 * std::floor(ra / 360);
    return ra < 360 ? ra : 0;
  }
  size_t zone(double dec) const {
    const double place = std::floor((std::clamp(dec, -90.0, 90.0) + 90) / height_deg_);
    return std::min(static_cast<size_t>(place), begins_.size() - 2);
  }
  /// How far in right ascension a circle of the radius reaches that lies between two declinations.
  double half_width(double low, double high) const {
    if (low <= -90 || high >= 90) return 180;
    const double dec = (low + high) / 2;
    const double ratio = std::sin((radius_deg_ + margin_deg) * radians_per_degree) /
                         std::cos(dec * radians_per_degree);
    if (!(ratio < 1) || radius_deg_ >= 90) return 180;
    return std::asin(ratio) / radians_per_degree + margin_deg;
  }
  template <class Visit>
  void range(size_t z, double from, double to, const Visit& visit) const {
    const auto begin = entries_.begin() + static_cast<long>(begins_[z]);
    const auto end = entries_.begin() + static_cast<long>(begins_[z + 1]);
    auto at = std::lower_bound(begin, end, from,
                               [](const Entry& entry, double ra) { return entry.ra < ra; });
    for (; at != end && at->ra <= to; ++at) visit(at->row, at->position);
  }

  double radius_deg_, height_deg_;
  std::vector<size_t> begins_;
  std::vector<Entry> entries_;
};

/// The columns of both tables, the right ones renamed where their names are taken.
Table joined_columns(const Table& left, const Table& right) {
  Table joined = left.empty_copy();
  for (const Column& column : right.columns) {
    Field field = column.field;
    const auto taken = [&](const std::string& name) {
      const auto names = joined.column_names();
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    for (int suffix = 2; taken(field.name); ++suffix)
      field.name = fmt::format("{}_{}", column.field.name, suffix);
    joined.add(std::move(field));
  }
  return joined;
}

void append_joined(const Table& left, size_t left_row, const Table& right,
                   std::optional<size_t> right_row, Table& joined) {
  for (size_t c = 0; c < left.columns.size(); ++c)
    joined.columns[c].append_from(left.columns[c], left_row);
  for (size_t c = 0; c < right.columns.size(); ++c) {
    Column& column = joined.columns[left.columns.size() + c];
    if (right_row)
      column.append_from(right.columns[c], *right_row);
    else
      column.append_missing();
  }
}

}  // namespace

std::vector<MatchedPair> crossmatch(std::span<const SkyPosition> left,
                                    std::span<const SkyPosition> right, double radius_arcsec,
                                    MatchFind find, const Threads& threads) {
  if (!(radius_arcsec >= 0 && radius_arcsec <= 180 * 3600.0))
    throw Error(ErrorKind::usage, "unusable radius", "", "0 to 648000 arcsec",
                fmt::format("{}", radius_arcsec));
  const Zones zones(right, radius_arcsec / 3600);
  constexpr size_t chunk_rows = 4096;
  std::vector<std::vector<MatchedPair>> parts(chunk_count(left.size(), chunk_rows));
  threads.for_rows(left.size(), chunk_rows, [&](size_t begin, size_t end, size_t chunk) {
    std::vector<MatchedPair> found;
    for (size_t row = begin; row < end; ++row) {
      if (!is_valid(left[row])) continue;
      found.clear();
      zones.near(left[row], [&](size_t other, const SkyPosition& position) {
        const double separation = separation_arcsec(left[row], position);
        if (separation <= radius_arcsec) found.push_back({row, other, separation});
      });
      const auto nearer = [](const MatchedPair& a, const MatchedPair& b) {
        return a.separation_arcsec != b.separation_arcsec
                   ? a.separation_arcsec < b.separation_arcsec
                   : a.right < b.right;
      };
      if (found.empty()) continue;
      if (find == MatchFind::best) {
        const MatchedPair best = *std::min_element(found.begin(), found.end(), nearer);
        parts[chunk].push_back(best);
        continue;
      }
      std::sort(found.begin(), found.end(), nearer);
      // A position at the very edge of two ranges of right ascension may come twice.
      found.erase(std::unique(found.begin(), found.end(),
                              [](const MatchedPair& a, const MatchedPair& b) {
                                return a.right == b.right;
                              }),
                  found.end());
      parts[chunk].insert(parts[chunk].end(), found.begin(), found.end());
    }
  });
  std::vector<MatchedPair> pairs;
  for (const auto& part : parts) pairs.insert(pairs.end(), part.begin(), part.end());
  return pairs;
}

std::vector<SkyPosition> positions(const Table& table, const PositionColumns& columns) {
  const auto ra = numbers(table.at(columns.ra));
  const auto dec = numbers(table.at(columns.dec));
  std::vector<SkyPosition> result(ra.size());
  for (size_t row = 0; row < ra.size(); ++row) result[row] = {ra[row], dec[row]};
  return result;
}

Table crossmatch_tables(const Table& left, const PositionColumns& left_position, const Table& right,
                        const PositionColumns& right_position, double radius_arcsec, MatchFind find,
                        const Threads& threads, CrossmatchCounts* counts) {
  const auto left_positions = positions(left, left_position);
  const auto right_positions = positions(right, right_position);
  const auto pairs = crossmatch(left_positions, right_positions, radius_arcsec, find, threads);
  Table joined = joined_columns(left, right);
  Field separation;
  separation.name = "separation_arcsec";
  separation.unit = "arcsec";
  separation.ucd = "pos.angDistance";
  separation.description = "Great-circle angle between the two positions";
  for (int suffix = 2; joined.find(separation.name); ++suffix)
    separation.name = fmt::format("separation_arcsec_{}", suffix);
  joined.add(std::move(separation));
  CrossmatchCounts count;
  count.left = left.rows();
  auto pair = pairs.begin();
  for (size_t row = 0; row < left.rows(); ++row) {
    count.without_position += !is_valid(left_positions[row]);
    if (pair == pairs.end() || pair->left != row) {
      append_joined(left, row, right, std::nullopt, joined);
      joined.columns.back().append_missing();
      continue;
    }
    ++count.matched;
    for (; pair != pairs.end() && pair->left == row; ++pair) {
      append_joined(left, row, right, pair->right, joined);
      joined.columns.back().append(pair->separation_arcsec);
    }
  }
  for (const SkyPosition& position : right_positions)
    count.right_without_position += !is_valid(position);
  if (counts) *counts = count;
  return joined;
}

Table join_tables(const Table& left, const std::string& left_key, const Table& right,
                  const std::string& right_key, MatchFind find, CrossmatchCounts* counts) {
  const Column& left_column = left.at(left_key);
  const Column& right_column = right.at(right_key);
  std::unordered_map<std::string, std::vector<size_t>> rows;
  for (size_t row = 0; row < right.rows(); ++row)
    if (!right_column.missing(row)) rows[cell_text(right_column, row)].push_back(row);
  Table joined = joined_columns(left, right);
  CrossmatchCounts count;
  count.left = left.rows();
  for (size_t row = 0; row < left.rows(); ++row) {
    const auto found =
        left_column.missing(row) ? rows.end() : rows.find(cell_text(left_column, row));
    if (found == rows.end()) {
      append_joined(left, row, right, std::nullopt, joined);
      continue;
    }
    ++count.matched;
    for (const size_t other : found->second) {
      append_joined(left, row, right, other, joined);
      if (find == MatchFind::best) break;
    }
  }
  if (counts) *counts = count;
  return joined;
}

}  // namespace uhuru
