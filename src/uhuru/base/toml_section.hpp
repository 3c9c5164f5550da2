// Strict TOML files: an unknown key or a value of the wrong type is an error, reported with its
// line, together with all others.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "uhuru/base/error.hpp"

#pragma GCC visibility push(default)
namespace uhuru {

/// A parsed TOML file.
struct TomlFile {
  std::string name;  // for error messages
  std::string what;  // what the file is: "recipe"
  toml::table table;
  mutable std::vector<std::pair<uint32_t, Error>> mistakes = {};  // found so far, with their lines

  /// Throws one Error (input) with all mistakes, in the order of their lines, if there are any.
  void check() const;
};

/// A text as a TOML string, in double quotes.
std::string toml_text(std::string_view text);

/// Parses a TOML file. Throws Error (input) with the line if `text` is not valid TOML.
TomlFile parse_toml(const std::string& text, const std::string& name, const std::string& what);

/// A TOML table whose keys must all be read; finish() notes unread keys. A required key that is
/// missing and a value of the wrong type or out of range are noted in the file, and a default is
/// returned, so that reading goes on; TomlFile::check() throws them all. The file must outlive the
/// section. Not thread-safe.
class TomlSection {
 public:
  /// The root table of the file.
  explicit TomlSection(const TomlFile& file) : TomlSection(file.table, "", file) {}

  /// Notes a mistake in a value, or in the table if `node` is nullptr.
  void note(const toml::node* node, const std::string& message, const std::string& expected,
            const std::string& found = {}) const;

  /// "" for a missing optional string; likewise empty lists and tables.
  std::string text(std::string_view key, bool required = true);
  /// false if it is absent.
  bool flag(std::string_view key);
  double number(std::string_view key, double fallback, double least, double most);
  int64_t integer(std::string_view key, int64_t fallback, int64_t least, int64_t most);
  std::vector<std::string> texts(std::string_view key, bool required = true);
  std::vector<double> numbers(std::string_view key);
  std::map<std::string, std::string> text_map(std::string_view key);
  TomlSection section(std::string_view key, bool required = true);
  std::vector<TomlSection> sections(std::string_view key, bool required);

  const toml::node* get(std::string_view key, bool required);
  const toml::table& table() const { return *table_; }
  void finish() const;

 private:
  TomlSection(const toml::table& table, std::string path, const TomlFile& file)
      : table_(&table), path_(std::move(path)), file_(&file) {}

  std::string key_path(std::string_view key) const;
  std::string in_the_file() const { return " in the " + file_->what; }
  void note_kind(const toml::node* node, std::string_view key, const char* kind) const;
  void note_range(const toml::node* node, std::string_view key, double least, double most,
                  const std::string& found) const;
  template <class T>
  std::optional<T> value(const toml::node& node, std::string_view key, const char* kind) const;
  template <class T>
  std::vector<T> list(std::string_view key, bool required, const char* kind);

  const toml::table* table_;
  std::string path_;
  const TomlFile* file_;
  std::set<std::string> known_;
};

}  // namespace uhuru
#pragma GCC visibility pop
