// One connection of the server, with limits on what a client may take.
#pragma once

#include <httplib.h>

#include <chrono>
#include <string>

#include "uhuru/serve/listener.hpp"

namespace uhuru {

/// What a client may take before its connection is closed.
struct ConnectionLimits {
  std::chrono::milliseconds idle{5000};          // between two requests
  std::chrono::milliseconds request{10000};      // for a whole request to arrive
  std::chrono::milliseconds write_stall{20000};  // without taking a byte
  size_t request_bytes = 32768;                  // line, headers and body
};

/// A stream as httplib reads and writes it. Small writes are collected. Used by one thread.
class Connection : public httplib::Stream {
 public:
  /// `stop`: a descriptor that becomes readable when the server ends. Both must outlive it.
  Connection(int socket, int stop, const ConnectionLimits& limits)
      : socket_(socket), stop_(stop), limits_(limits) {}

  /// Waits for the next request; false where none comes.
  bool next_request();
  /// Sends what was collected; false where the client does not take it.
  bool flush();
  /// Ends the connection, and for a moment passes over what still comes: a client that has not sent
  /// all of its request would otherwise lose the answer to it.
  void finish();

  bool is_readable() const override { return true; }
  bool is_writable() const override { return !broken_; }
  ssize_t read(char* bytes, size_t size) override;
  ssize_t write(const char* bytes, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  using Clock = std::chrono::steady_clock;
  bool wait(short events, Clock::time_point until) const;
  bool fill(Clock::time_point until);
  bool send(const char* bytes, size_t size);

  int socket_, stop_;
  const ConnectionLimits& limits_;
  std::string in_, out_;
  size_t begin_ = 0;  // of what is unread in in_
  size_t left_ = 0;   // bytes that the request may still have
  Clock::time_point until_;
  bool broken_ = false;
};

}  // namespace uhuru
