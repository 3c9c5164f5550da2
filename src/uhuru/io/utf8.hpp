// Text encodings of the table formats, to and from the UTF-8 of columns.
#pragma once

#include <string>
#include <string_view>

namespace uhuru {

/// Whether the bytes are well-formed UTF-8. `ascii` tells whether they are ASCII.
bool is_utf8(std::string_view bytes, bool* ascii = nullptr);

/// The bytes as UTF-8: unchanged where they are, else each byte read as Latin-1. Cut at the first
/// NUL, which ends a string in FITS and VOTable.
std::string to_utf8(std::string_view bytes);

/// The same without a copy where the bytes are UTF-8; else it stands in `scratch`.
std::string_view to_utf8(std::string_view bytes, std::string& scratch);

/// The text with each character beyond ASCII, or byte that is no UTF-8, as '?': for arrays of
/// strings that have so many bytes each.
std::string ascii_of(std::string_view text);

/// Two big-endian bytes a character, as VOTable's unicodeChar: to UTF-8 (surrogate pairs joined, a
/// lone one becomes U+FFFD, cut at the first NUL) and back.
std::string utf8_from_utf16be(std::string_view bytes);
std::string utf16be_from_utf8(std::string_view text);

}  // namespace uhuru
