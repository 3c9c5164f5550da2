// Which part of the sky positions are on.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "uhuru/sky/sphere.hpp"

#pragma GCC visibility push(default)
namespace uhuru::sky {

/// The finest order of make_moc: 3 million pixels of 7 arcmin, which bounds the size of a MOC.
constexpr int max_moc_order = 9;

/// A multi-order coverage map: HEALPix pixels (NESTED) that do not overlap, by order. Four pixels
/// that fill their parent are stored as the parent.
struct Moc {
  std::vector<std::vector<uint64_t>> pixels;  // one list per order 0 … the finest, each ascending

  int order() const { return static_cast<int>(pixels.size()) - 1; }
  bool operator==(const Moc&) const = default;
};

/// The pixels of an order that contain one of the positions; positions that are not valid are in
/// none. Throws Error (usage) if the order is not 0 … max_moc_order. Thread-safe. Source: IVOA MOC
/// 2.0, sec. 3.
Moc make_moc(std::span<const SkyPosition> positions, int order);

/// As JSON: {"6":[1,2],"8":[]}; the finest order is there even if it is empty, since it tells the
/// resolution. Thread-safe. Source: IVOA MOC 2.0, sec. 4.3.3.
std::string moc_json(const Moc& moc);

/// Each pixel as one number that includes its order, 4 · 4^order + pixel (NUNIQ), ascending.
/// Thread-safe.
std::vector<int64_t> moc_uniq(const Moc& moc);

}  // namespace uhuru::sky
#pragma GCC visibility pop
