#include "uhuru/io/named_text.hpp"

#include <algorithm>
#include <vector>

#include "uhuru/base/embedded.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/byte_source.hpp"

namespace uhuru::io {

namespace {

/// The name of an embedded TOML file of the folder; "" for other files.
std::string_view name_of(const EmbeddedFile& file, const std::string& folder) {
  constexpr std::string_view ending = ".toml";
  std::string_view path = file.path;
  if (!path.starts_with(folder + "/") || !path.ends_with(ending)) return {};
  path.remove_prefix(folder.size() + 1);
  path.remove_suffix(ending.size());
  return path;
}

}  // namespace

std::vector<std::string> built_in_texts(const std::string& folder) {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_files())
    if (const auto name = name_of(file, folder); !name.empty()) names.emplace_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

std::string load_text(const std::string& path, const std::string& what, size_t largest) {
  return read_text(*ByteSource::open(path), what, largest);
}

std::string load_named_text(const std::string& name_or_path, const std::string& folder,
                            const std::string& what) {
  for (const EmbeddedFile& file : embedded_files())
    if (!name_or_path.empty() && name_of(file, folder) == name_or_path)
      return std::string(file.content);
  std::unique_ptr<ByteSource> source;
  try {
    source = ByteSource::open(name_or_path);
  } catch (const Error& error) {
    throw input_error(
        "no such " + what, name_or_path,
        "the built-in " + what + " " + join(built_in_texts(folder), ", ") + ", or a TOML file",
        error.found())
        .because(error.cause());
  }
  return read_text(*source, what, largest_text);
}

}  // namespace uhuru::io
