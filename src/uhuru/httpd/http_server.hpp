// An HTTP/1.1 server: Boost.Asio for sockets and threads, Boost.Beast for parsing.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "uhuru/httpd/message.hpp"

namespace uhuru::httpd {

/// Limits on what clients may use. Beyond the limits on all clients together, requests are answered
/// with 503 and new connections wait.
struct HttpLimits {
  std::chrono::milliseconds idle{5000};          // between two requests
  std::chrono::milliseconds head{10000};         // for the head of a request to arrive
  std::chrono::milliseconds body{120000};        // for its body
  std::chrono::milliseconds write_stall{20000};  // for the client to read more of an answer
  uint64_t write_bytes_per_second = 4096;        // minimum rate for long answers
  uint64_t bodies_bytes = uint64_t{512} << 20;   // arriving or being processed
  uint64_t heads_bytes = uint64_t{64} << 20;     // arriving
  uint64_t answers_bytes = uint64_t{256} << 20;  // being sent, not counting files
  uint64_t files_bytes = uint64_t{8} << 30;      // in files created for one answer each
  size_t connections = 12000;                    // or fewer, within the limit on descriptors
  size_t requests = 1000;                        // per connection
  size_t quick_threads = 1, slow_threads = 2;
  size_t slow_waiting = 256;  // requests waiting for a slow thread
};

/// A server that receives requests and sends answers asynchronously, and handles a request only
/// when it is complete: slow clients never block a thread. Slow requests have their own threads.
class HttpServer {
 public:
  struct Service {
    /// Returns the answer to a request. May throw Unwanted if it is no longer wanted; any other
    /// exception is answered with 500. Called from several threads at once.
    std::function<Answer(const Request&)> answer;
    std::function<bool(const Request&)> is_slow;
    std::function<uint64_t(const Request&)> max_body_bytes;
    /// A prefix removed from paths that start with it, such as "/xray"; empty: none.
    std::string prefix = {};
  };

  /// Starts listening at a host name or IP address, IPv4 or IPv6. Port 0: any free port. Throws
  /// Error (usage) if the address is not this machine's, or the port is in use or not permitted.
  HttpServer(const std::string& address, int port);
  ~HttpServer();

  int port() const;
  /// Whether only this machine can reach the server.
  bool is_loopback() const;

  /// Serves until end() is called. Then accepts no more connections, sends answers in progress for
  /// a second, and tells handlers to stop: uploads after eight seconds, others after one.
  void run(Service service, const HttpLimits& limits);
  /// Thread-safe, but not async-signal-safe.
  void end();

 private:
  class Core;
  friend class Connection;
  std::unique_ptr<Core> core_;
};

}  // namespace uhuru::httpd
