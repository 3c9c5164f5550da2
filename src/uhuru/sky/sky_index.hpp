// A spatial index of a catalog, for finding the positions near another.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <numbers>
#include <span>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/sky/sphere.hpp"

#pragma GCC visibility push(default)
namespace uhuru::sky {

/// The valid positions of a catalog in zones of declination, each divided into cells of right
/// ascension; the number of cells follows the number of positions, so that a zone through a crowded
/// field has small cells. Takes about 57 bytes per position while being built, 33 afterwards.
/// Thread-safe for reading; the order within a cell is the same for any number of threads. Source:
/// Gray, Szalay et al. 2006, the zones algorithm; the cells within a zone are our addition.
class SkyIndex {
 public:
  /// Optimized for searches within about `radius_deg`; other radii work too, but more slowly.
  SkyIndex(std::span<const SkyPosition> positions, double radius_deg, const Threads& threads);

  /// The approximate distance of neighbours around a valid `center` in degrees, greater than 0;
  /// rather too small in crowded cells. The initial radius of a nearest-neighbour search.
  double spacing_deg(const SkyPosition& center) const {
    if (zones_.empty()) return spacing_deg_;
    const size_t cell = cell_of(center);
    const size_t rows = begins_[cell + 1] - begins_[cell];
    return rows > sorted_cell ? spacing_deg_ / static_cast<double>(rows) : spacing_deg_;
  }

  /// Prefetches the memory needed by near() for many centers at once: they are all over the sky,
  /// and a search would otherwise spend most of its time waiting for memory.
  void prefetch(std::span<const SkyPosition> centers) const;

  /// Calls `visit(row, position)`, in no particular order, for every position within `radius_deg`
  /// of a valid `center` according to separation_arcsec, and for a few others; a position 180
  /// degrees away in right ascension may be visited twice. `visit` returns the radius to use from
  /// then on (degrees, not larger than the last). With `first_of_equal`, rows after the first at
  /// exactly the same position may be skipped.
  template <bool first_of_equal, class Visit>
  void near(const SkyPosition& center, double radius_deg, const Visit& visit) const {
    const double reach = radius_deg + margin_deg;
    const double south = center.dec_deg - reach;
    const double north = center.dec_deg + reach;
    if (south > highest_deg_ || north < lowest_deg_) return;
    const double ra = normal_ra(center.ra_deg);
    const double cos_dec = std::cos(center.dec_deg * radians_per_degree);
    for (size_t z = zone(south), last = zone(north); z <= last; ++z) {
      // The haversine formula bounds the difference of right ascension of two positions whose
      // cosines of declination have at least this product; asin(x) <= x + (pi/2 - 1) x^3.
      const double cosines = cos_dec * zones_[z].cos_dec;
      const double x = reach / 2 * radians_per_degree / std::sqrt(cosines);
      const double width = x < 1 ? 2 * (x + 0.571 * x * x * x) : std::numbers::pi;
      Circle circle{center.dec_deg, ra, cosines, 1 - width * width / 12, 0};
      circle.narrow(radius_deg);
      const double width_deg = width / radians_per_degree;
      scan<first_of_equal>(zones_[z], circle, width_deg, visit);
      if (ra < width_deg) {
        circle.ra_deg = ra + 360;
        scan<first_of_equal>(zones_[z], circle, width_deg, visit);
      }
      if (ra + width_deg >= 360) {
        circle.ra_deg = ra - 360;
        scan<first_of_equal>(zones_[z], circle, width_deg, visit);
      }
    }
  }

 private:
  struct Entry {
    SkyPosition position;
    size_t row;

    bool operator==(const Entry& other) const {
      return position.ra_deg == other.position.ra_deg && position.dec_deg == other.position.dec_deg;
    }
  };
  struct Zone {
    double cos_dec;  // a lower bound on that of its positions
    double cells_per_degree;
    size_t first_cell;

    size_t cell(double ra_deg) const {
      return first_cell + static_cast<size_t>(static_cast<int64_t>(ra_deg * cells_per_degree));
    }
  };
  /// Candidates within a radius of a position, by a lower bound on the separation: the haversine
  /// formula with the smallest cosines, and sin(x)^2 >= x^2 (1 - x^2 / 3).
  struct Circle {
    double dec_deg, ra_deg, cosines, curvature, limit;

    void narrow(double radius_deg) {
      const double reach = radius_deg + margin_deg;
      limit = reach * reach / curvature;
    }
    bool may_hold(const SkyPosition& position) const {
      const double ddec = position.dec_deg - dec_deg;
      const double dra = normal_ra(position.ra_deg) - ra_deg;
      return ddec * ddec + cosines * dra * dra <= limit;
    }
  };

  static constexpr double margin_deg = 1e-9;  // exceeds the rounding of angles in degrees
  // Larger cells are sorted by right ascension, position and row.
  static constexpr size_t sorted_cell = 16;

  /// Normalizes to [0, 360) degrees; values in that range are unchanged.
  static double normal_ra(double ra_deg) {
    if (ra_deg < 0) ra_deg += 360;
    while (ra_deg >= 360) ra_deg -= 360;
    return ra_deg;
  }
  size_t zone(double dec_deg) const {
    const double above = std::clamp(dec_deg, lowest_deg_, highest_deg_) - lowest_deg_;
    const auto place = static_cast<size_t>(static_cast<int64_t>(above * zones_per_degree_));
    return std::min(place, zones_.size() - 1);
  }
  size_t cell_of(const SkyPosition& position) const {
    return zones_[zone(position.dec_deg)].cell(normal_ra(position.ra_deg));
  }
  void place_band(std::span<const Entry> band, size_t begin, size_t cell, size_t first_zone,
                  size_t end_zone);

  template <bool first_of_equal, class Visit>
  void scan(const Zone& zone, Circle& circle, double width_deg, const Visit& visit) const {
    const double from = std::max(circle.ra_deg - width_deg, 0.0);
    const double to = std::min(circle.ra_deg + width_deg, 360.0);
    const size_t first_cell = zone.cell(from);
    const size_t last_cell = zone.cell(to);
    const Entry* first = &entries_[begins_[first_cell]];
    const Entry* last = &entries_[begins_[last_cell + 1]];
    if (begins_[first_cell + 1] - begins_[first_cell] > sorted_cell)
      first = std::lower_bound(
          first, static_cast<const Entry*>(&entries_[begins_[first_cell + 1]]), from,
          [](const Entry& e, double ra) { return normal_ra(e.position.ra_deg) < ra; });
    if (begins_[last_cell + 1] - begins_[last_cell] > sorted_cell)
      last = std::upper_bound(
          static_cast<const Entry*>(&entries_[begins_[last_cell]]), last, to,
          [](double ra, const Entry& e) { return ra < normal_ra(e.position.ra_deg); });
    for (const Entry* entry = first; entry < last; ++entry) {
      if (!circle.may_hold(entry->position)) continue;
      circle.narrow(visit(entry->row, entry->position));
      if constexpr (first_of_equal) {
        // Equal positions that far apart are in a sorted cell, with nothing else between them.
        for (size_t step = sorted_cell;
             step < static_cast<size_t>(last - entry) && *entry == entry[step]; step *= 2)
          entry += step;
      }
    }
  }

  double spacing_deg_ = 180;
  double lowest_deg_ = 0,
         highest_deg_ = -std::numeric_limits<double>::infinity();  // of declination
  double zones_per_degree_ = 0;
  std::vector<Zone> zones_;
  std::unique_ptr<size_t[]>
      begins_;  // of the cells among the entries, including the end of the last
  std::unique_ptr<Entry[]> entries_;
};

}  // namespace uhuru::sky
#pragma GCC visibility pop
