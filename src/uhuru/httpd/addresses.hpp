// Loopback addresses and the limit on open descriptors.
#pragma once

#include <cstddef>
#include <string>

#pragma GCC visibility push(default)
namespace uhuru::httpd {

/// Whether `address` is a numeric loopback address: IPv4 with four parts, or IPv6.
bool is_loopback_number(const std::string& address);

/// The soft limit on the open descriptors of this process.
size_t max_descriptors();
/// Raises that limit to the hard limit. For programs that serve many clients: since it affects the
/// whole process, nothing in the library calls it.
void allow_max_descriptors();

}  // namespace uhuru::httpd
#pragma GCC visibility pop
