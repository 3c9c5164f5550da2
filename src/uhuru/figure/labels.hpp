// Numbers and names as figures show them, and how wide they are.
#pragma once

#include <string>
#include <string_view>

namespace uhuru {

/// The width of a text in pixels at a font size in pixels: estimated, for the widest of the usual
/// sans-serif fonts (DejaVu Sans), because nobody knows the font in which a figure will be seen.
/// `text`: UTF-8. Thread-safe, as are all below.
double text_width(std::string_view text, double size);

/// The text as it is where it fits into `width`, else its beginning with "…". Text that is not
/// UTF-8 is read as Latin-1; control characters become blanks.
std::string fitted(std::string_view text, double size, double width);

/// A number with a true minus sign, commas between thousands and so many decimals.
std::string decimal_text(double value, int decimals);

/// "10⁶"
std::string power_of_ten(int exponent);

/// A number as short as people write it: three digits or a whole number below a million, beyond
/// that and below 0.001 as 1.23×10⁶. "–" where it is not finite.
std::string short_number(double value);

/// A part of 1 in whole percents; what is not quite none or all is "<1%" or ">99%".
std::string percent_text(double part);

}  // namespace uhuru
