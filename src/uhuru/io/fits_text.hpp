// Text as FITS can hold it: printable ASCII.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace uhuru::io {

/// Counts the characters that were replaced.
struct FitsReplaced {
  uint64_t place = 0;  // of the text, set by the caller
  uint64_t count = 0;
  uint64_t first_place = 0;
  std::string first;  // the whole text
};

/// A text in which a micro sign is "u", "±" is "+/-", a tab or line end is a blank, and any other
/// character that is not printable ASCII is '?'. The result is `text` or is stored in `scratch`.
/// Counts in `replaced`, unless that is nullptr, all but "+/-", which means the same.
std::string_view fits_text(std::string_view text, std::string& scratch, FitsReplaced* replaced);

/// The same for a keyword's value.
std::string fits_label(const std::string& text, FitsReplaced& replaced);

/// The name of a column, at most 68 characters: Greek letters are spelled out, and a name that had
/// to be changed differs from all `others`.
std::string fits_column_name(const std::string& name, const std::vector<std::string>& others,
                             FitsReplaced& replaced);

/// A keyword's name, CREATOR for `software`: in upper case if it then is a standard one, of at most
/// eight letters, digits,
/// '-' and '_'. Any other name, which needs HIERARCH, has its other characters replaced by '_'.
std::string fits_keyword_name(const std::string& name);

}  // namespace uhuru::io
