// Where temporary files go.
#pragma once

#include <string>

#include "uhuru/base/descriptor.hpp"

#pragma GCC visibility push(default)
namespace uhuru {

/// The folder for temporary files and folders: /tmp, unless the program has set another.
const std::string& temporary_parent();
/// Sets that folder. Not thread-safe: for programs, before they start threads.
void set_temporary_parent(std::string folder);

/// Opens an unnamed temporary file for reading and writing. On failure, the descriptor is invalid
/// and errno is set.
Descriptor open_temporary_file();

}  // namespace uhuru
#pragma GCC visibility pop
