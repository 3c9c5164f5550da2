// Addresses and descriptors of this machine.
#pragma once

#include <cstddef>
#include <string>

namespace uhuru {

/// Whether this is a number, IPv4 with four parts or IPv6, that only this machine can reach.
bool is_loopback_number(const std::string& address);

/// How many descriptors this process may have open.
size_t max_descriptors();
/// Raises that to what the system allows. For programs that serve many clients: since it changes
/// the whole process, nothing in the library calls it.
void allow_max_descriptors();

}  // namespace uhuru
