// Texts that are built into the program under a name, or lie in a file.
#pragma once

#include <string>

namespace uhuru {

/// Bytes of a text that a person wrote.
constexpr size_t largest_text = size_t{4} << 20;

/// The text of a file of at most `largest` bytes, "-" for standard input. Throws Error (input);
/// `what` says what it is: "query".
std::string load_text(const std::string& path, const std::string& what,
                      size_t largest = largest_text);

/// The built-in text `folder`/NAME.toml, or that of a file of at most 4 MiB. Throws Error (input)
/// where there is neither, naming the built-in ones; `what` says what it is: "recipe".
std::string load_named_text(const std::string& name_or_path, const std::string& folder,
                            const std::string& what);

}  // namespace uhuru
