// HTTP over sockets: httplib's parsing and routing behind our own connections and threads.
#pragma once

#include <httplib.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "uhuru/serve/connection.hpp"
#include "uhuru/serve/listener.hpp"

namespace uhuru {

/// A server of GET and HEAD requests.
///
/// httplib's own loop is not used: its limits on slow and greedy clients are per line and per read,
/// its queue holds five connections, and it hides why a port cannot be had. Here a thread serves
/// one connection at a time, up to `max_connections` of them at once; others wait, `max_waiting` at
/// the most.
class HttpServer : public httplib::Server {
 public:
  static constexpr size_t max_connections = 256;
  static constexpr size_t max_waiting = 512;

  /// Listens at once. Throws Error: see Listener.
  HttpServer(const std::string& address, int port);

  const Listener& listener() const { return listener_; }
  ConnectionLimits limits;

  /// Serves until end(); then what is being sent is sent.
  void run();
  /// Thread-safe; fit for any thread but a signal handler's.
  void end();

 private:
  void work();
  void serve(const Descriptor& socket);

  Listener listener_;
  Descriptor stop_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Descriptor> waiting_;
  std::vector<std::thread> threads_;
  size_t idle_threads_ = 0;
  bool ending_ = false;
};

}  // namespace uhuru
