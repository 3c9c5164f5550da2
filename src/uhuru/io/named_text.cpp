#include "uhuru/io/named_text.hpp"

#include <vector>

#include "uhuru/base/embedded.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/byte_source.hpp"

namespace uhuru::io {

std::string load_text(const std::string& path, const std::string& what, size_t largest) {
  return read_text(*ByteSource::open(path), what, largest);
}

std::string load_named_text(const std::string& name_or_path, const std::string& folder,
                            const std::string& what) {
  std::vector<std::string> built_in;
  for (const EmbeddedFile& file : embedded_files()) {
    std::string_view path = file.path;
    if (!path.starts_with(folder + "/")) continue;
    path.remove_prefix(folder.size() + 1);
    path.remove_suffix(std::string_view(".toml").size());
    if (path == name_or_path) return std::string(file.content);
    built_in.emplace_back(path);
  }
  std::unique_ptr<ByteSource> source;
  try {
    source = ByteSource::open(name_or_path);
  } catch (const Error& error) {
    throw input_error("no such " + what, name_or_path,
                      "the built-in " + what + " " + join(built_in, ", ") + ", or a TOML file",
                      error.found());
  }
  return read_text(*source, what, largest_text);
}

}  // namespace uhuru::io
