// TOML files of which every key is known: what is misspelt or of a wrong kind is an error with its
// line.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace uhuru {

/// A TOML file, parsed.
struct TomlFile {
  std::string name;  // for error messages
  std::string what;  // what the file is: "recipe"
  toml::table table;
};

/// Throws Error (input) with the line where `text` is no TOML.
TomlFile parse_toml(const std::string& text, const std::string& name, const std::string& what);

/// A table of a TOML file whose keys are all to be asked for; finish() refuses those that nobody
/// asked for. All functions throw Error (input) with the line for a key that is required and
/// missing, or a value of another kind. The file must outlive it. Not thread-safe.
class TomlSection {
 public:
  /// The whole file.
  explicit TomlSection(const TomlFile& file) : TomlSection(file.table, "", file) {}

  /// Throws the error of a value, or of the table where `node` is nullptr.
  [[noreturn]] void fail(const toml::node* node, const std::string& message,
                         const std::string& expected, const std::string& found = {}) const;

  /// "" where a text that is not required is not there; likewise empty lists and tables.
  std::string text(std::string_view key, bool required = true);
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
  [[noreturn]] void fail_kind(const toml::node* node, std::string_view key, const char* kind) const;
  [[noreturn]] void fail_range(const toml::node* node, std::string_view key, double least,
                               double most, const std::string& found) const;
  template <class T>
  T value(const toml::node& node, std::string_view key, const char* kind) const;
  template <class T>
  std::vector<T> list(std::string_view key, bool required, const char* kind);

  const toml::table* table_;
  std::string path_;
  const TomlFile* file_;
  std::set<std::string> known_;
};

}  // namespace uhuru
