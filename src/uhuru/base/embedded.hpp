// The files that are built into the program: recipes and models, as they stand in the source tree.
#pragma once

#include <span>
#include <string_view>

namespace uhuru {

struct EmbeddedFile {
  std::string_view path;  // as in the source tree, e.g. "recipes/csc2.toml"
  std::string_view content;
};

/// All built-in files. The views live as long as the program. Thread-safe.
std::span<const EmbeddedFile> embedded_files();

}  // namespace uhuru
