// Digests that identify the input files of a run.
#pragma once

#include <string>
#include <string_view>

#pragma GCC visibility push(default)
namespace uhuru {

/// The SHA-256 of a file as 64 hexadecimal digits. Throws Error (input) if the file cannot be read.
/// Thread-safe.
std::string sha256_of_file(const std::string& path);
/// The same for an open file, from its beginning; `name` is used in error messages. It must be
/// seekable.
std::string sha256_of_descriptor(int descriptor, const std::string& name);
/// The same for a string.
std::string sha256_of_text(std::string_view text);

}  // namespace uhuru
#pragma GCC visibility pop
