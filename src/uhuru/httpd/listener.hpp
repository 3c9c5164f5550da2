// A socket that waits for connections.
#pragma once

#include <cstddef>
#include <string>

#include "uhuru/base/descriptor.hpp"

namespace uhuru {

/// Whether this is a whole number of IPv4 (four parts) or IPv6 that only this machine can reach.
bool is_loopback_number(const std::string& address);

/// How many descriptors this process may have open.
size_t most_descriptors();
/// Raises that to what the system allows. It is for programs that serve many: since it changes the
/// whole process, nothing in the library calls it.
void allow_most_descriptors();

/// A socket that listens at an address.
class Listener {
 public:
  /// `address`: a name or number, IPv4 or IPv6; `port` 0: any that is free. Throws Error (usage)
  /// where the address is none of this machine's, or the port is taken or not allowed.
  Listener(const std::string& address, int port);

  int descriptor() const { return socket_.get(); }
  int port() const { return port_; }
  /// Whether only this machine can reach it.
  bool is_loopback() const { return is_loopback_; }
  /// The next connection that waits, not blocking; none with errno where there is none.
  Descriptor accept() const;

 private:
  Descriptor socket_;
  int port_ = 0;
  bool is_loopback_ = false;
};

}  // namespace uhuru
