// Digests that name the input files of a run.
#pragma once

#include <string>
#include <string_view>

namespace uhuru {

/// The SHA-256 of a file's bytes as 64 hexadecimal digits. Throws Error (input) where the file
/// cannot be read. Thread-safe.
std::string sha256_of_file(const std::string& path);
/// Of a text's bytes.
std::string sha256_of_text(std::string_view text);

}  // namespace uhuru
