// Text encodings of the table formats, to and from the UTF-8 of columns.
#pragma once

#include <string>
#include <string_view>

#pragma GCC visibility push(default)
namespace uhuru::io {

/// Whether the bytes are well-formed UTF-8. `ascii` is set if they are ASCII.
bool is_utf8(std::string_view bytes, bool* ascii = nullptr);

/// The bytes as UTF-8: unchanged if they are valid, otherwise decoded as Latin-1. Truncated at the
/// first NUL, which ends a string in FITS and VOTable.
std::string to_utf8(std::string_view bytes);

/// The same without a copy if the bytes are UTF-8; otherwise the result is stored in `scratch`.
std::string_view to_utf8(std::string_view bytes, std::string& scratch);

/// The text with every non-ASCII character or invalid byte replaced by '?': for arrays of
/// fixed-length strings.
std::string ascii_of(std::string_view text);

/// Converts VOTable's unicodeChar, two big-endian bytes per character, to UTF-8 (surrogate pairs
/// are joined, a lone one becomes U+FFFD, truncated at the first NUL) and back.
std::string utf8_from_utf16be(std::string_view bytes);
std::string utf16be_from_utf8(std::string_view text);

}  // namespace uhuru::io
#pragma GCC visibility pop
