// HTTP/1.1 over sockets: Boost.Asio's connections and threads, Boost.Beast's parser.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "uhuru/httpd/message.hpp"

namespace uhuru {

/// What clients may take of a server: beyond what they may take together, requests are answered 503
/// and connections wait.
struct HttpLimits {
  std::chrono::milliseconds idle{5000};          // between two requests
  std::chrono::milliseconds head{10000};         // for the head of a request to arrive
  std::chrono::milliseconds body{120000};        // for its body
  std::chrono::milliseconds write_stall{20000};  // without taking any of an answer
  uint64_t write_bytes_per_second = 4096;        // that a client takes at least of a long answer
  uint64_t bodies_bytes = uint64_t{512} << 20;   // that arrive or are worked on
  uint64_t heads_bytes = uint64_t{64} << 20;     // that arrive
  uint64_t answers_bytes = uint64_t{256} << 20;  // that are being sent, not counting files
  uint64_t files_bytes = uint64_t{8} << 30;      // in files made for one answer each
  size_t connections = 12000;                    // or what the limit of descriptors leaves
  size_t requests = 1000;                        // per connection
  size_t quick_threads = 1, slow_threads = 2;
  size_t slow_waiting = 256;  // requests that wait for a slow thread
};

/// A server whose requests arrive whole before they are answered, and whose answers are sent while
/// its threads do other work: no slow client holds a thread. Requests that take long have threads
/// of their own.
class HttpServer {
 public:
  struct Service {
    /// The answer to a request. Called from several threads at once. Throws Unwanted where nobody
    /// waits for it; any other exception is answered 500.
    std::function<Answer(const Request&)> answer;
    std::function<bool(const Request&)> is_slow;
    std::function<uint64_t(const Request&)> max_body_bytes;
    /// A prefix that is dropped from paths that have it: "/xray"; empty: none.
    std::string prefix = {};
  };

  /// Listens at once at a name or number, IPv4 or IPv6; port 0: any that is free. Throws Error
  /// (usage) if the address is not this machine's, or the port is taken or not allowed.
  HttpServer(const std::string& address, int port);
  ~HttpServer();

  int port() const;
  /// Whether only this machine can reach it.
  bool is_loopback() const;

  /// Serves until end(). Then nothing more is accepted, answers in progress are sent for a second,
  /// and work is told to stop: uploads after eight seconds, all else after one.
  void run(Service service, const HttpLimits& limits);
  /// Thread-safe, but not for signal handlers.
  void end();

 private:
  class Core;
  friend class Connection;
  std::unique_ptr<Core> core_;
};

}  // namespace uhuru
