// What is in a folder.
#pragma once

#include <string>
#include <system_error>
#include <vector>

#pragma GCC visibility push(default)
namespace uhuru {

/// The names of what is in a folder, sorted. An error leaves those read until then, and is in
/// `error`, which is cleared otherwise. Unlike std::filesystem::directory_iterator of GCC 12, it
/// does not end the program if memory is short, but throws std::bad_alloc. Thread-safe.
std::vector<std::string> names_in_folder(const std::string& folder, std::error_code& error);

}  // namespace uhuru
#pragma GCC visibility pop
