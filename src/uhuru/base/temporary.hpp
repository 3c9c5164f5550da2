// Where temporary files go.
#pragma once

#include <cstdio>
#include <string>

namespace uhuru {

/// The folder for temporary files and folders: /tmp, unless the program chose another.
const std::string& temporary_parent();
/// For programs, before they start threads.
void set_temporary_parent(std::string folder);

/// A temporary file without a name, to be written and read; null with errno if there is no room.
std::FILE* open_temporary_file();

}  // namespace uhuru
