// Which part of the sky positions are on.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "uhuru/sky/sphere.hpp"
#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::sky {

/// A multi-order coverage map: HEALPix pixels (NESTED) that do not overlap, by order. Four pixels
/// that fill their parent are stored as the parent.
struct Moc {
  std::vector<std::vector<uint64_t>> pixels;  // one list per order 0 … the finest, each ascending

  int order() const { return static_cast<int>(pixels.size()) - 1; }
  bool operator==(const Moc&) const = default;
};

/// The pixels of an order that contain one of the positions; positions that are not valid are in
/// none. Throws Error (usage) if the order is not 0 … max_healpix_order. Thread-safe. Source: IVOA
/// MOC 2.0, sec. 3.
Moc make_moc(std::span<const SkyPosition> positions, int order);

/// As JSON: {"6":[1,2],"8":[]}; the finest order is there even if it is empty, since it tells the
/// resolution. Thread-safe. Source: IVOA MOC 2.0, sec. 4.3.3.
std::string moc_json(const Moc& moc);

/// As text: "6/1-3,7 8/"; the finest order is there even if it is empty. Blanks could stand for the
/// commas, but readers of version 1 want these. Thread-safe. Source: IVOA MOC 2.0, sec. 4.3.2.
std::string moc_ascii(const Moc& moc);

/// Each pixel as one number that includes its order, 4 · 4^order + pixel (NUNIQ), ascending.
/// Thread-safe.
std::vector<int64_t> moc_uniq(const Moc& moc);

/// The table of a MOC in FITS: its pixels (NUNIQ), and the keywords as parameters. Thread-safe.
/// Source: IVOA MOC 2.0, sec. 4.3.1.
Table moc_table(const Moc& moc);

}  // namespace uhuru::sky
#pragma GCC visibility pop
