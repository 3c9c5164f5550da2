// Units of columns, and the numbers between them.
#pragma once

#include <optional>
#include <string_view>

namespace uhuru {

/// Whether a text says that there is no unit: it is blank, "-", "---", "none" or "unitless".
/// Thread-safe.
bool is_no_unit(std::string_view unit);

/// The number by which values in `from` are multiplied to be values in `to`: "deg" to "arcsec"
/// gives 3600. Empty if one cannot be converted to the other, or is not understood, unless both are
/// the same text.
///
/// Units are understood as catalogs write them, by the rules of VOUnits, FITS and CDS: products
/// with ".", "*" or blanks, quotients with "/", which holds for the next unit or parenthesis,
/// powers ("cm-2", "cm**-2", "cm^-2", "m2"), numbers ("10**-14 W/m2", "10-17mW/m2", "1e-14 erg"),
/// and prefixes. Symbols are in upper or lower case as the standards have them ("mHz" is not
/// "MHz"); names that cannot be taken for something else, such as "DEG", "ArcSec" or "KEV", may be
/// in any. Logarithms ("[cm-2]", "log(Hz)"), roots and units of our own are only the same as
/// themselves. Counts, photons and pixels are units of their own. The number is rounded once.
/// Thread-safe. Source: VOUnits 1.1, FITS 4.0 (4.3), CDS Standards for Astronomical Catalogues 2.0.
std::optional<double> unit_factor(std::string_view from, std::string_view to);

}  // namespace uhuru
