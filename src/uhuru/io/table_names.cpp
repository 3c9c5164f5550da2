#include "uhuru/io/table_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "uhuru/base/error.hpp"
#include "uhuru/base/folder.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/named_text.hpp"
#include "uhuru/io/table_io.hpp"

namespace fs = std::filesystem;

namespace uhuru::io {
namespace {

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

bool is_file(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

bool has_wildcards(std::string_view text) {
  return text.find_first_of("*?") != std::string_view::npos;
}

/// The bytes of the character that begins here.
size_t character_size(std::string_view text) {
  size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) ++size;
  return size;
}

bool matches(std::string_view name, std::string_view pattern) {
  if (name.starts_with('.') && !pattern.starts_with('.')) return false;
  // Where to go on if what follows the latest '*' does not fit: the '*' takes one character more.
  std::string_view after_star, retry;
  bool has_star = false;
  while (!name.empty()) {
    if (pattern.starts_with('*')) {
      pattern.remove_prefix(1);
      has_star = true;
      after_star = pattern;
      retry = name;
    } else if (!pattern.empty() && (pattern[0] == '?' || pattern[0] == name[0])) {
      name.remove_prefix(pattern[0] == '?' ? character_size(name) : 1);
      pattern.remove_prefix(1);
    } else if (has_star) {
      retry.remove_prefix(1);
      name = retry;
      pattern = after_star;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*') == std::string_view::npos;
}

/// What a name is: of a folder, a pattern or a list, or else of one table.
enum class NameKind { table, folder, pattern, list };

struct ParsedName {
  NameKind kind = NameKind::table;
  std::string path, part;
};

ParsedName parse_name(const std::string& name) {
  auto [path, part] = split_table_name(name);
  if (is_folder(path)) return {NameKind::folder, path, part};
  if (path == "-" || exists(path)) return {NameKind::table, path, part};
  if (name.starts_with('@') && name.size() > 1)
    return {NameKind::list, name.substr(1), {}};  // a list has no part
  if (has_wildcards(path)) return {NameKind::pattern, path, part};
  return {NameKind::table, path, part};
}

std::string in_folder(const std::string& folder, const std::string& name) {
  return folder.empty() || folder.ends_with('/') ? folder + name : folder + "/" + name;
}

Error cannot_read(const std::string& folder, const std::error_code& error) {
  return system_error("cannot read the folder", folder, "a readable folder", error.message());
}

std::vector<std::string> files_of_folder(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> files;
  for (const std::string& name : names_in_folder(folder, error)) {
    if (name == "run.json" || name == "validation.json")
      throw input_error("the folder has the results of a run, which are not parts of one table",
                        folder, "one of its tables");
    if (!name.starts_with('.') && format_of_name(name) && is_file(in_folder(folder, name)))
      files.push_back(in_folder(folder, name));
  }
  if (error) throw cannot_read(folder, error);
  if (files.empty())
    throw input_error(
        "there are no tables in the folder", folder,
        "files that end in .vot .votable .xml .fits .fit .ecsv .csv .tsv .txt (also .gz)");
  return files;
}

std::vector<std::string> files_of_pattern(const std::string& pattern) {
  std::vector<std::string> found = {pattern.starts_with('/') ? "/" : ""};
  for (size_t begin = 0; begin <= pattern.size();) {
    const size_t end = std::min(pattern.find('/', begin), pattern.size());
    const std::string component = pattern.substr(begin, end - begin);
    begin = end + 1;
    if (component.empty()) continue;
    std::vector<std::string> longer;
    for (const std::string& folder : found) {
      if (!has_wildcards(component)) {
        longer.push_back(in_folder(folder, component));
        continue;
      }
      std::error_code error;
      for (const std::string& name : names_in_folder(folder.empty() ? "." : folder, error))
        if (matches(name, component)) longer.push_back(in_folder(folder, name));
      if (error && error != std::errc::not_a_directory &&
          error != std::errc::no_such_file_or_directory)
        throw cannot_read(folder.empty() ? "." : folder, error);
    }
    found = std::move(longer);
  }
  std::erase_if(found, [](const auto& path) { return !is_file(path); });
  if (found.empty())
    throw input_error("no file matches the pattern", pattern, "the name of a file, or a pattern")
        .because(ErrorCause::absent_file);
  std::sort(found.begin(), found.end());
  return found;
}

/// Calls `use` for each line.
template <class Use>
void each_line(std::string_view text, const Use& use) {
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    use(text.substr(begin, end - begin));
    begin = end + 1;
  }
}

class Expansion {
 public:
  void add(const std::string& name) {
    const ParsedName parsed = parse_name(name);
    if (parsed.kind == NameKind::table) return add_table(name);
    if (parsed.kind == NameKind::list) return add_list(parsed.path);
    const auto files = parsed.kind == NameKind::folder ? files_of_folder(parsed.path)
                                                       : files_of_pattern(parsed.path);
    for (const std::string& file : files)
      add_table(parsed.part.empty() ? file : file + "#" + parsed.part);
  }

  std::vector<std::string> tables;

 private:
  void add_table(const std::string& name) {
    if (name.find('\0') != std::string::npos)
      throw input_error("a name of a table has a character NUL", shown(name, 200));
    const bool is_input = split_table_name(name).first == "-";
    if (is_input && has_input_)
      throw Error(ErrorKind::usage, "standard input is named twice", "-", "one -");
    has_input_ = has_input_ || is_input;
    if (tables.size() == most_joined_tables)
      throw input_error("too many tables", name,
                        fmt::format("at most {}", with_commas(most_joined_tables)));
    tables.push_back(name);
  }

  void add_list(const std::string& path) {
    std::error_code error;
    const std::string whole = fs::weakly_canonical(path, error).string();
    if (std::find(lists_.begin(), lists_.end(), whole) != lists_.end())
      throw input_error("a list of tables names itself", path, "names of tables");
    const std::string text = load_text(path, "list of tables", largest_table_list);
    lists_.push_back(whole);
    const size_t slash = path.rfind('/');
    const bool is_in_folder = slash != std::string::npos && fs::is_regular_file(path, error);
    const std::string folder = is_in_folder ? path.substr(0, slash + 1) : "";
    const size_t before = tables.size();
    uint64_t number = 0;
    constexpr std::string_view bom = "\xef\xbb\xbf";
    each_line(text.starts_with(bom) ? std::string_view(text).substr(bom.size()) : text,
              [&](std::string_view line) {
                ++number;
                line = trim(line);
                if (line.empty() || line.starts_with('#')) return;
                try {
                  add(from_folder(folder, std::string(line)));
                } catch (const Error& error_in_list) {
                  throw error_in_list.within(fmt::format("{}, line {}", path, number));
                }
              });
    lists_.pop_back();
    if (tables.size() == before)
      throw input_error("the list names no tables", path, "the name of a table in each line");
  }

  static std::string from_folder(const std::string& folder, const std::string& name) {
    const bool is_list = name.starts_with('@') && !exists(folder + name);
    const std::string path = is_list ? name.substr(1) : name;
    const std::string placed = path.starts_with('/') || path == "-" ? path : folder + path;
    // A file in the current folder may begin with '@', too.
    return is_list ? "@" + placed : placed.starts_with('@') ? "./" + placed : placed;
  }

  std::vector<std::string> lists_;  // in which we are
  bool has_input_ = false;
};

std::vector<std::string> lines_of(const std::string& name) {
  std::vector<std::string> lines;
  each_line(name, [&](std::string_view line) { lines.emplace_back(line); });
  return lines;
}

bool has_lines(const std::string& name) {
  return name.find('\n') != std::string::npos && !exists(name);
}

}  // namespace

bool is_joined(const std::string& name) {
  return has_lines(name) || parse_name(name).kind != NameKind::table;
}

std::vector<std::string> expand_table_name(const std::string& name) {
  Expansion expansion;
  if (!has_lines(name)) {
    expansion.add(name);
  } else {
    for (const std::string& line : lines_of(name)) expansion.add(line);
  }
  return std::move(expansion.tables);
}

std::string shown_table_name(const std::string& name) {
  if (!has_lines(name)) return name;
  const auto lines = lines_of(name);
  return fmt::format("{} and {} more", lines.front(), with_commas(lines.size() - 1));
}

std::string bare_joined_name(const std::string& name) {
  const auto lines = lines_of(name);
  std::string first = lines.front();
  const auto [path, part] = split_table_name(first);
  const std::string rest = first.substr(path.size());
  first = path;
  const std::string mark = first.starts_with('@') ? "@" : "";
  while (first.size() > 1 && first.ends_with('/')) first.pop_back();
  first = fs::path(first).filename().string();
  first = (first.starts_with(mark) ? "" : mark) + first + rest;
  if (lines.size() == 1) return first;
  return fmt::format("{} and {} more", first, with_commas(lines.size() - 1));
}

std::string table_stem(const std::string& name) {
  std::string path = has_lines(name) ? lines_of(name).front() : name;
  path = split_table_name(path).first;
  if (path.starts_with('@') && !exists(path)) path.erase(0, 1);
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return fs::path(path).stem().string();
}

}  // namespace uhuru::io
