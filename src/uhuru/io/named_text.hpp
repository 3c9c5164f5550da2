// Text built into the program under a name, or read from a file.
#pragma once

#include <string>
#include <vector>

#pragma GCC visibility push(default)
namespace uhuru::io {

/// Maximum size in bytes of a hand-written text.
constexpr size_t largest_text = size_t{4} << 20;

/// The text of a file of at most `largest` bytes, "-" for standard input. Throws Error (input) if
/// it cannot be read; `what` describes the content: "query".
std::string load_text(const std::string& path, const std::string& what,
                      size_t largest = largest_text);

/// The built-in text `folder`/NAME.toml, or the text of a file of at most 4 MiB. Throws Error
/// (input) with the built-in names if neither exists; `what` describes the content: "recipe".
std::string load_named_text(const std::string& name_or_path, const std::string& folder,
                            const std::string& what);

/// The names of the built-in texts of a folder, in alphabetical order.
std::vector<std::string> built_in_texts(const std::string& folder);

}  // namespace uhuru::io
#pragma GCC visibility pop
