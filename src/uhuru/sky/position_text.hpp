// Positions in the notations people use.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "uhuru/sky/galactic.hpp"
#include "uhuru/sky/sphere.hpp"

#pragma GCC visibility push(default)
namespace uhuru::sky {

/// Parses the whole of `text` as a position: right ascension, then declination.
///
/// Accepts degrees ("83.82 -5.39", "83.82d,-5.39d"), sexagesimal with two or three parts per
/// coordinate ("05 35 17.3 -05 23 28", "05:35:17.3 -05:23:28", "5h35m17.3s, −5°23′28″", "5 35.3 -5
/// 23.5"), with right ascension in hours unless it says degrees, and the coordinates in a name
/// ("J053517.3-052328", "4XMM J053517.3-052328"). The coordinates are separated by a comma or a
/// sign, otherwise in the middle of the numbers. Right ascensions from -180 degrees are accepted;
/// the result is in 0…360 degrees.
///
/// Empty for any other text, for minutes or seconds of 60 or more, and for positions outside the
/// sphere. Throws only std::bad_alloc. Thread-safe.
std::optional<SkyPosition> parse_position(std::string_view text);

/// Parses the whole of `text` as a Galactic position in degrees that says so: "l=121.2 b=-21.5",
/// "glon 121.2, glat -21.5", "gal 121.2 -21.5", "galactic 121.2 -21.5", "G121.2-21.5". Longitudes
/// from -180 degrees are accepted; the result is in 0…360 degrees. Empty for any other text.
/// Thread-safe.
std::optional<GalacticPosition> parse_galactic(std::string_view text);

/// One coordinate as text.
struct AngleText {
  double value = 0;          // in its own unit: "-05 30" is -5.5
  bool sexagesimal = false;  // two or three parts
  char unit = 0;             // 'h': hours, 'd': degrees; 0: not stated
};

/// Parses the whole of `text` as one coordinate in a notation of parse_position: "16 23 30.12",
/// "-26:30:10", "16h23m30.12s", "245.8755". Empty for any other text, and for minutes or seconds of
/// 60 or more. Thread-safe.
std::optional<AngleText> parse_angle(std::string_view text);

/// Formats a position as "05 35 17.30 -05 23 28.0": hours, minutes, seconds; degrees, arcminutes,
/// arcseconds, rounded. Empty for an invalid position. Thread-safe.
std::string sexagesimal(const SkyPosition& position);

}  // namespace uhuru::sky
#pragma GCC visibility pop
