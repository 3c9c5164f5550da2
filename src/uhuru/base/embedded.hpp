// Files built into the program: recipes, models, pages.
#pragma once

#include <span>
#include <string_view>

#pragma GCC visibility push(default)
namespace uhuru {

struct EmbeddedFile {
  std::string_view path;  // in the source tree, or where the build puts it: "recipes/csc2.toml"
  std::string_view content;
};

/// All built-in files. The views are valid as long as the program runs. Thread-safe.
std::span<const EmbeddedFile> embedded_files();

/// Why the web pages are not among them: "Node.js or npm was missing"; empty if they are.
std::string_view why_no_pages();

}  // namespace uhuru
#pragma GCC visibility pop
