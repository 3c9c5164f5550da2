#include "uhuru/base/toml_section.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru {

namespace {

/// Whether a key has so many parts, as "a.b.c" has three, that following them overflows the stack.
/// Dots in texts and comments do not count.
bool has_endless_key(std::string_view text) {
  constexpr size_t most = 100;
  size_t dots = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '#') {
      i = std::min(text.find('\n', i), text.size());
      dots = 0;
    } else if (c == '"' || c == '\'') {
      const std::string_view rest = text.substr(i);
      const bool is_long = rest.starts_with(c == '"' ? "\"\"\"" : "\'\'\'");
      i += is_long ? 3 : 1;
      const auto at_end = [&] {
        return is_long ? text.substr(i).starts_with(rest.substr(0, 3)) : text[i] == c;
      };
      while (i < text.size() && !at_end()) i += c == '"' && text[i] == '\\' ? 2 : 1;
      if (is_long) i += 2;
    } else if (c == '.') {
      if (++dots > most) return true;
    } else if (std::string_view("=,[]{}\n").find(c) != std::string_view::npos) {
      dots = 0;
    }
  }
  return false;
}

}  // namespace

TomlFile parse_toml(const std::string& text, const std::string& name, const std::string& what) {
  if (has_endless_key(text))
    throw input_error("the " + what + " is not valid TOML", name, "keys of at most 100 parts");
  try {
    return {name, what, toml::parse(text)};
  } catch (const toml::parse_error& error) {
    throw input_error("the " + what + " is not valid TOML",
                      fmt::format("{}, line {}", name, error.source().begin.line), "",
                      std::string(error.description()));
  }
}

std::string toml_text(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f')
      result += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
    else
      result += c;
  }
  return result + '"';
}

void TomlFile::check() const {
  if (mistakes.empty()) return;
  if (mistakes.size() == 1) throw mistakes[0].second;
  auto sorted = mistakes;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  constexpr size_t most = 30;
  std::string lines;
  for (size_t i = 0; i < std::min(most, sorted.size()); ++i) {
    const auto& [line, mistake] = sorted[i];
    lines += fmt::format("{}line {}: {}", i ? "\n" : "", line, mistake.message());
    if (!mistake.expected().empty()) lines += "; expected " + mistake.expected();
    if (!mistake.found().empty()) lines += "; found " + mistake.found();
  }
  if (sorted.size() > most) lines += fmt::format("\nand {} more", sorted.size() - most);
  throw input_error(fmt::format("{} mistakes in the {}", sorted.size(), what), name, "", lines);
}

void TomlSection::note(const toml::node* node, const std::string& message,
                       const std::string& expected, const std::string& found) const {
  // An absent section has no line.
  const auto line =
      std::max<uint32_t>(1, node ? node->source().begin.line : table_->source().begin.line);
  constexpr size_t most = 1000;
  if (file_->mistakes.size() == most) return;
  file_->mistakes.emplace_back(
      line, input_error(message, fmt::format("{}, line {}", file_->name, line), expected, found));
}

void TomlSection::note_kind(const toml::node* node, std::string_view key, const char* kind) const {
  note(node, "a value of the wrong type" + in_the_file(), key_path(key) + " to be " + kind);
}

void TomlSection::note_range(const toml::node* node, std::string_view key, double least,
                             double most, const std::string& found) const {
  note(node, "number out of range" + in_the_file(),
       fmt::format("{} between {} and {}", key_path(key), least, most), found);
}

std::string TomlSection::key_path(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

const toml::node* TomlSection::get(std::string_view key, bool required) {
  known_.insert(std::string(key));
  const toml::node* node = table_->get(key);
  if (!node && required) note(nullptr, "missing key" + in_the_file(), key_path(key));
  return node;
}

template <class T>
std::optional<T> TomlSection::value(const toml::node& node, std::string_view key,
                                    const char* kind) const {
  // toml++ would also convert: a number out of integer range to anything.
  const bool wrong = (std::is_same_v<T, std::string> && !node.is_string()) ||
                     (std::is_same_v<T, bool> && !node.is_boolean()) ||
                     (std::is_same_v<T, double> && !node.is_number()) ||
                     (std::is_same_v<T, int64_t> && !node.is_integer());
  auto found = wrong ? std::nullopt : node.value<T>();
  if (!found) note_kind(&node, key, kind);
  return found;
}

template <class T>
std::vector<T> TomlSection::list(std::string_view key, bool required, const char* kind) {
  std::vector<T> result;
  const auto* node = get(key, required);
  if (!node) return result;
  if (!node->is_array()) {
    note_kind(node, key, kind);
    return result;
  }
  for (const auto& entry : *node->as_array())
    if (auto one = value<T>(entry, key, kind)) result.push_back(std::move(*one));
  return result;
}

std::string TomlSection::text(std::string_view key, bool required) {
  const auto* node = get(key, required);
  return node ? value<std::string>(*node, key, "a string").value_or("") : "";
}

bool TomlSection::flag(std::string_view key) {
  const auto* node = get(key, false);
  return node && value<bool>(*node, key, "true or false").value_or(false);
}

double TomlSection::number(std::string_view key, double fallback, double least, double most) {
  const auto* node = get(key, false);
  if (!node) return fallback;
  const auto result = value<double>(*node, key, "a number");
  if (!result) return fallback;
  if (*result >= least && *result <= most) return *result;
  note_range(node, key, least, most, fmt::format("{}", *result));
  return fallback;
}

int64_t TomlSection::integer(std::string_view key, int64_t fallback, int64_t least, int64_t most) {
  const auto* node = get(key, false);
  if (!node) return fallback;
  const auto result = value<int64_t>(*node, key, "an integer");
  if (!result) return fallback;
  if (*result >= least && *result <= most) return *result;
  note_range(node, key, static_cast<double>(least), static_cast<double>(most),
             fmt::format("{}", *result));
  return fallback;
}

std::vector<std::string> TomlSection::texts(std::string_view key, bool required) {
  return list<std::string>(key, required, "a list of strings");
}

std::vector<double> TomlSection::numbers(std::string_view key) {
  return list<double>(key, false, "a list of numbers");
}

std::map<std::string, std::string> TomlSection::text_map(std::string_view key) {
  std::map<std::string, std::string> result;
  const auto* node = get(key, false);
  if (!node) return result;
  if (!node->is_table()) {
    note_kind(node, key, "a table");
    return result;
  }
  for (const auto& [name, entry] : *node->as_table())
    if (auto text = value<std::string>(entry, key, "a table of strings"))
      result[std::string(name.str())] = std::move(*text);
  return result;
}

TomlSection TomlSection::section(std::string_view key, bool required) {
  static const toml::table empty;
  const auto* node = get(key, required);
  if (node && !node->is_table()) note_kind(node, key, "a table");
  return {node && node->is_table() ? *node->as_table() : empty, key_path(key), *file_};
}

std::vector<TomlSection> TomlSection::sections(std::string_view key, bool required) {
  std::vector<TomlSection> result;
  const auto* node = get(key, required);
  if (!node) return result;
  if (!node->is_array_of_tables()) {
    note_kind(node, key, "a list of tables");
    return result;
  }
  for (const auto& entry : *node->as_array())
    result.push_back(TomlSection(*entry.as_table(), key_path(key), *file_));
  return result;
}

void TomlSection::finish() const {
  for (const auto& [key, node] : *table_)
    if (!known_.contains(std::string(key.str()))) {
      const std::vector<std::string> candidates(known_.begin(), known_.end());
      note(&node, "unknown key" + in_the_file(),
           "one of " + join(candidates, ", ") + did_you_mean(key.str(), candidates),
           key_path(key.str()));
    }
}

}  // namespace uhuru
