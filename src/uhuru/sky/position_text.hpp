// Positions as people write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "uhuru/sky/sphere.hpp"

namespace uhuru {

/// The position that the whole of `text` is: right ascension, then declination.
///
/// Degrees ("83.82 -5.39", "83.82d,-5.39d") or sexagesimal with two or three parts a coordinate
/// ("05 35 17.3 -05 23 28", "05:35:17.3 -05:23:28", "5h35m17.3s, −5°23′28″", "5 35.3 -5 23.5"), of
/// which the right ascension is in hours unless it says degrees; or the coordinates of a name
/// ("J053517.3-052328", "2CXO J053517.3-052328"). A comma, a sign, or else the middle of the
/// numbers parts the two. The result has a right ascension of 0…360 degrees; degrees from -180 on
/// are taken.
///
/// Empty for any other text, minutes and seconds of 60 or more, and what lies beyond the sphere.
/// Throws nothing but std::bad_alloc. Thread-safe.
std::optional<SkyPosition> parse_position(std::string_view text);

/// A position as "05 35 17.30 -05 23 28.0": hours, minutes, seconds; degrees, arcminutes,
/// arcseconds, rounded. Empty for a position that is not valid. Thread-safe.
std::string sexagesimal(const SkyPosition& position);

}  // namespace uhuru
