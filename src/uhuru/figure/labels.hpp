// Numbers and names as shown in figures, and their widths.
#pragma once

#include <string>
#include <string_view>

#pragma GCC visibility push(default)
namespace uhuru::figure {

/// The width of a text in pixels at a font size in pixels: estimated for the widest of the usual
/// sans-serif fonts (DejaVu Sans), because the font of the viewer is unknown. `text`: UTF-8.
/// Thread-safe, as are all functions below.
double text_width(std::string_view text, double size);

/// The text if it fits into `width`, otherwise its beginning with "…". Invalid UTF-8 is read as
/// Latin-1; control characters become blanks.
std::string fitted(std::string_view text, double size, double width);

/// A number with a true minus sign, thousands separators and `decimals` decimals.
std::string decimal_text(double value, int decimals);

/// "10⁶"
std::string power_of_ten(int exponent);

/// A number in a short form: three digits, or an integer below a million; larger numbers and those
/// below 0.001 as 1.23×10⁶. "–" if it is not finite.
std::string short_number(double value);

/// A fraction of 1 in whole percent; nearly 0 and nearly 1 are "<1%" and ">99%".
std::string percent_text(double part);

}  // namespace uhuru::figure
#pragma GCC visibility pop
