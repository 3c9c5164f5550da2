// What the columns of our own tables are called that belong to the classes and groups of a recipe.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "uhuru/recipe/recipe.hpp"

#pragma GCC visibility push(default)
namespace uhuru::recipe {

/// The columns with the class and the group of a row.
inline constexpr const char* class_column = "class_name";
inline constexpr const char* group_column = "class_group";
/// What the names of columns begin with that belong to a class or a group: its probability, or what
/// speaks for it.
inline constexpr const char* class_prefix = "p_";
inline constexpr const char* group_prefix = "p_group_";
inline constexpr const char* log_odds_prefix = "log_odds_";
/// What the names of columns end in that have the mean and the standard deviation of a probability
/// over the detections of a source.
inline constexpr const char* mean_suffix = "_mean";
inline constexpr const char* deviation_suffix = "_std";

/// The letters in lower case and digits of a name, with every run of other characters than a-z and
/// 0-9 as one '_', none at the ends ("TTau*": "ttau"); may be empty. Thread-safe.
std::string plain_word(std::string_view name);
/// The names in their order; of several that are equal, or are in `taken`, the second ends in "_2",
/// the third in "_3", and so on. Thread-safe.
std::vector<std::string> numbered_names(const std::vector<std::string>& names,
                                        std::set<std::string> taken = {});

/// Names that need no quotes in SQL, ADQL, Python and stilts: the prefix, then the name of the
/// class or group in lower case, with every run of other characters than a-z and 0-9 as one '_',
/// none at the ends ("TTau*": "p_ttau"); "unnamed" if nothing is left. Of several that would be
/// equal the second ends in "_2", the third in "_3", and so on; none is "p_known". Thread-safe.
std::vector<std::string> column_names(std::span<const std::string> names, std::string_view prefix);
/// Those of the probabilities of a recipe's classes, and of its group_names().
std::vector<std::string> class_columns(const Recipe& recipe);
std::vector<std::string> group_columns(const Recipe& recipe);

/// What version 0.1 called these columns in its tables of sources: {"p_ttau", "TTau*"},
/// {"class_name", "class"}. The published tables still call the classes so.
std::vector<std::pair<std::string, std::string>> old_column_names(const Recipe& recipe);

}  // namespace uhuru::recipe
#pragma GCC visibility pop
