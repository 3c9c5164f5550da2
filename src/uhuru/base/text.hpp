// Text helpers shared by several folders.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)
namespace uhuru {

/// `text` without leading and trailing blanks, tabs and line ends.
std::string_view trim(std::string_view text);

/// ASCII lower case.
std::string lower(std::string_view text);
/// Whether two texts are the same but for the case of ASCII letters.
bool same_but_case(std::string_view a, std::string_view b);

/// Whether a cell of text says that there is no value: it is blank, or "-", "n/a", "NaN", "null",
/// "none" and the like, in any case.
bool is_missing_word(std::string_view text);

/// A count with thousands separators: 4906 -> "4,906".
std::string with_commas(unsigned long long count);

/// `text` in single quotes, with control characters shown as \xNN, truncated to 60 bytes: safe to
/// use in an error message.
std::string in_quotes(std::string_view text);

/// The number of UTF-8 characters, as a terminal shows them.
size_t shown_width(std::string_view text);

/// Text from a file or a service, made safe for a terminal: at most `most` characters, control
/// characters replaced by '?'.
std::string shown(std::string text, size_t most);

/// Percent-encodes every byte except letters, digits and -._~ : makes any text a valid part of a
/// URL.
std::string percent_encoded(std::string_view text);

/// `items` joined by `separator`.
std::string join(std::span<const std::string> items, std::string_view separator);

/// Up to three `candidates` nearest to `name` by edit distance, nearest first; only plausible
/// misspellings (distance at most a third of the length, or one containing the other).
std::vector<std::string> nearest_names(std::string_view name,
                                       std::span<const std::string> candidates);

/// " (did you mean a, b?)" from nearest_names, or "" if there is none.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

/// Parses the whole of `text`, trimmed, as a number; a leading '+', and "inf" and "nan" in any
/// case, are accepted. Empty if it is not a number.
std::optional<double> parse_double(std::string_view text);
/// The same in single precision, rounded once.
std::optional<float> parse_float(std::string_view text);

/// The same for a 64-bit integer.
std::optional<long long> parse_int(std::string_view text);

}  // namespace uhuru
#pragma GCC visibility pop
