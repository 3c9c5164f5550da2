// Equal-area pixels of the sphere.
#pragma once

#include <cstdint>

#include "uhuru/io/table_io.hpp"
#include "uhuru/sky/position_columns.hpp"
#include "uhuru/sky/sphere.hpp"

#pragma GCC visibility push(default)
namespace uhuru::sky {

/// The finest order whose pixel numbers fit in 64 bits.
constexpr int max_healpix_order = 29;

/// The HEALPix pixel of a valid position, in NESTED numbering: 12 · 4^order pixels with sides of
/// 58.6 / 2^order degrees. A position on a border belongs to one of the adjacent pixels. Throws
/// Error (usage) if the order is not 0…29, Error (bug) if the position is invalid. Thread-safe.
/// Source: Górski et al. 2005, ApJ 622, 759, sec. 4 and 5, as squares in the plane of the
/// projection.
uint64_t healpix_nested(const SkyPosition& position, int order);

/// A table in parts, one for each pixel of this order that has rows, named "order2-pixel017"; rows
/// without a position are in the part after the last pixel. Writing throws Error (input) as
/// PositionReader.
io::Parts parts_by_pixel(const PositionColumns& columns, int order);

}  // namespace uhuru::sky
#pragma GCC visibility pop
