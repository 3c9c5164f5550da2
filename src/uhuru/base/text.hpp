// Small text helpers that several folders share.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace uhuru {

/// `text` without leading and trailing blanks, tabs and line ends.
std::string_view trim(std::string_view text);

/// ASCII lower case.
std::string lower(std::string_view text);

/// A count as people read it: 4906 -> "4,906".
std::string with_commas(unsigned long long count);

/// `text` in single quotes, control characters shown as \xNN, cut to 60 bytes: fit for an error
/// message whatever a file holds.
std::string in_quotes(std::string_view text);

/// Characters of UTF-8, as a terminal shows them.
size_t shown_width(std::string_view text);

/// Text of a file or a service, fit for a terminal: at most `most` characters, control characters
/// as '?'.
std::string shown(std::string text, size_t most);

/// Each byte as %XX but letters, digits and -._~ : a part of a URL, whatever `text` holds.
std::string percent_encoded(std::string_view text);

/// `items` joined by `separator`.
std::string join(std::span<const std::string> items, std::string_view separator);

/// The up to three `candidates` nearest to `name` by edit distance, nearest first; only those near
/// enough to be a slip of the pen (distance at most a third of the length, or one containing the
/// other).
std::vector<std::string> nearest_names(std::string_view name,
                                       std::span<const std::string> candidates);

/// " (did you mean a, b?)" from nearest_names, or "" where there is none.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

/// The number that the whole of `text` is, after trim; a leading '+', "inf" and "nan" in any case
/// are accepted. Empty where it is none.
std::optional<double> parse_double(std::string_view text);
/// The same in single precision, rounded once.
std::optional<float> parse_float(std::string_view text);

/// The same for a whole number that fits in 64 bits.
std::optional<long long> parse_int(std::string_view text);

}  // namespace uhuru
