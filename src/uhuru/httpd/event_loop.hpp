// The connections of a server: one thread looks after all of them, workers answer requests.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "uhuru/httpd/connection.hpp"
#include "uhuru/httpd/workers.hpp"

namespace uhuru {

/// What clients may take of a server. Beyond a bound of what they take together, who has waited
/// longest loses its connection, or who asks next is answered 503.
struct HttpLimits {
  std::chrono::milliseconds idle{5000};          // between two requests
  std::chrono::milliseconds head{10000};         // for the head of a request to arrive
  std::chrono::milliseconds body{120000};        // for its body
  std::chrono::milliseconds write_stall{20000};  // without taking a byte
  uint64_t body_bytes = 0;                       // of one request
  std::string body_path;                         // whose POST may have a body; empty: any request
  uint64_t bodies_bytes = uint64_t{512} << 20;   // that are coming or being worked on
  size_t heads_bytes = size_t{64} << 20;         // that are coming
  size_t answers_bytes = size_t{256} << 20;      // that are being sent, without those in files
  uint64_t files_bytes = uint64_t{8} << 30;      // in files that were made for one answer each
  size_t connections = 12000;                    // or what the limit of descriptors leaves
  size_t requests = 1000;                        // of one connection
  size_t quick_threads = 1, slow_threads = 2;
  size_t quick_waiting = 4096, slow_waiting = 64;  // requests that wait for a thread
};

/// Collects requests and sends answers, all without blocking, in the thread that calls run().
/// Workers answer, and send what the client takes at once.
class EventLoop {
 public:
  using Clock = Connection::Clock;
  struct Service {
    /// Called from several threads at once; throws nothing.
    std::function<WholeAnswer(const WholeRequest&)> answer;
    /// Whether answering takes so long that others shall not wait for it.
    std::function<bool(const WholeRequest&)> is_slow;
  };

  /// `listener` and `limits` must outlive it; the limits are read when it runs. Throws Error
  /// (input) where there are no descriptors left.
  EventLoop(const Listener& listener, const HttpLimits& limits, Service service);

  /// Until end(); then workers finish what they do, and what is being sent is sent for a second.
  void run();
  /// Thread-safe; fit for any thread but a signal handler's.
  void end();

 private:
  using Connections = std::list<Connection>;
  Connections& in(Phase phase) { return by_phase_[static_cast<size_t>(phase)]; }
  std::chrono::milliseconds limit(Phase phase) const;
  int timeout() const;
  void watch(Connection& connection, uint32_t events) const;
  void move(Connection& connection, Phase phase);
  void release(Connection& connection);
  void close(Connection& connection);
  bool make_room(std::chrono::milliseconds waited);
  void listen(bool on);

  void accept_new();
  void handle(Connection& connection);
  void collect(Connection& connection, std::string_view bytes);
  bool begin_body(Connection& connection);
  void hand_over(Connection& connection);
  void answer_plainly(Connection& connection, int status);
  void settle(Connection& connection, Connection::Sent sent);
  void leave(Connection& connection);
  void take_back();
  void expire();
  void relieve();
  void begin_end();

  // Of the workers.
  void work(Connection& connection);
  void wake() const;

  const Listener& listener_;
  const HttpLimits& limits_;
  Service service_;
  Descriptor epoll_, wake_;
  // By what they wait for, who has waited longest first.
  std::array<Connections, phase_count> by_phase_;
  std::vector<char> received_;
  Clock::time_point now_;
  size_t most_connections_ = 0, open_ = 0;
  size_t heads_ = 0;
  std::atomic<uint64_t> bodies_ = 0;
  std::atomic<size_t> answers_ = 0;
  std::atomic<uint64_t> files_ = 0;
  bool is_listening_ = false, ends_ = false;
  std::atomic<bool> ending_ = false;

  std::mutex mutex_;
  std::vector<Connection*> returned_;  // from the workers
  bool is_woken_ = false;
  Workers quick_, slow_;  // the last, so that no thread is left when the rest goes
};

}  // namespace uhuru
