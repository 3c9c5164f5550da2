#include "uhuru/io/named_text.hpp"

#include <fmt/format.h>

#include <vector>

#include "uhuru/base/embedded.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/byte_source.hpp"

namespace uhuru {

std::string load_text(const std::string& path, const std::string& what, size_t largest) {
  std::string text;
  const auto source = ByteSource::open(path);
  for (auto bytes = source->next(); !bytes.empty(); bytes = source->next()) {
    text += bytes;
    if (text.size() > largest)
      throw input_error("the " + what + " is too large", path,
                        fmt::format("at most {} MiB", largest >> 20));
  }
  return text;
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
  try {
    return load_text(name_or_path, what);
  } catch (const Error& error) {
    if (error.message() != "cannot open the file") throw;
    throw input_error("there is no such " + what, name_or_path,
                      "the built-in " + what + " " + join(built_in, ", ") + ", or a TOML file",
                      error.found());
  }
}

}  // namespace uhuru
