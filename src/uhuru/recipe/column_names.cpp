#include "uhuru/recipe/column_names.hpp"

#include <fmt/format.h>

#include <set>

#include "uhuru/base/text.hpp"

namespace uhuru::recipe {
std::string plain_word(std::string_view name) {
  std::string word;
  for (const char c : lower(name)) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (is_plain)
      word += c;
    else if (!word.empty() && word.back() != '_')
      word += '_';
  }
  if (word.ends_with('_')) word.pop_back();
  return word;
}

std::vector<std::string> numbered_names(const std::vector<std::string>& names,
                                        std::set<std::string> taken) {
  std::vector<std::string> result;
  for (const std::string& name : names) {
    std::string numbered = name;
    for (int number = 2; !taken.insert(numbered).second; ++number)
      numbered = fmt::format("{}_{}", name, number);
    result.push_back(std::move(numbered));
  }
  return result;
}

std::vector<std::string> column_names(std::span<const std::string> names, std::string_view prefix) {
  std::vector<std::string> columns;
  for (const std::string& name : names) {
    const std::string word = plain_word(name);
    columns.push_back(std::string(prefix) + (word.empty() ? "unnamed" : word));
  }
  return numbered_names(columns, {"p_known"});  // a column of ours
}

std::vector<std::string> class_columns(const Recipe& recipe) {
  return column_names(recipe.classes, class_prefix);
}

std::vector<std::string> group_columns(const Recipe& recipe) {
  return column_names(recipe.group_names(), group_prefix);
}

std::vector<std::pair<std::string, std::string>> old_column_names(const Recipe& recipe) {
  std::vector<std::pair<std::string, std::string>> names = {{class_column, "class"},
                                                            {group_column, "group"}};
  const auto classes = class_columns(recipe);
  for (size_t c = 0; c < classes.size(); ++c) names.emplace_back(classes[c], recipe.classes[c]);
  const auto groups = group_columns(recipe);
  const auto of_groups = recipe.group_names();
  for (size_t g = 0; g < groups.size(); ++g) names.emplace_back(groups[g], "group_" + of_groups[g]);
  return names;
}

}  // namespace uhuru::recipe
