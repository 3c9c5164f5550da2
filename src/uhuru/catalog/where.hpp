// Conditions on sources as expressions: hard_hs > 0.2 and P(XB) > 0.8.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/catalog/column_store.hpp"
#include "uhuru/catalog/selection.hpp"
#include "uhuru/catalog/sky_map.hpp"

#pragma GCC visibility push(default)
namespace uhuru::catalog {

/// For which sources an expression holds, and for which it has no value; one bit each, as
/// Selection::words().
struct WhereBits {
  std::vector<uint64_t> holds, missing;
};

/// Evaluates an expression (recipe::Expression) for the sources of a catalog whose bit is set in
/// `among`; the bits of all others are 0.
///
/// Columns are named by CatalogColumn::sql; the column `name` can only be compared with texts,
/// where case does not matter. Besides the functions of recipes there are: P(group or class), a
/// probability; sky('galactic' or 'equatorial', x, y, …), a polygon on a map (SkyMaps); cone(ra,
/// dec, radius), in degrees; near(radius, ra, dec, …), within a radius in arcsec of any of these
/// positions; named('…', …). Regions are missing for sources without position. Throws Error (input)
/// if the expression is invalid, names a column that is not held or has the wrong type, or has too
/// many or too large regions or conditions on texts. The result is the same for any number of
/// threads. Thread-safe.
WhereBits evaluate_where(const ColumnStore& store, const SkyMaps& maps, const SourceNames& names,
                         const std::string& expression, const std::vector<uint64_t>& among,
                         const Threads& threads);

}  // namespace uhuru::catalog
#pragma GCC visibility pop
