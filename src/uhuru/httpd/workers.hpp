// Threads that take work from a bounded queue.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace uhuru {

struct Connection;

/// Thread-safe but for start() and join(), which belong to one thread.
class Workers {
 public:
  /// `work` is called from several threads at once and throws nothing.
  explicit Workers(std::function<void(Connection&)> work) : work_(std::move(work)) {}
  ~Workers() { join(); }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  void start(size_t threads, size_t most_waiting);
  /// False where the queue is full.
  bool add(Connection& connection);
  /// No more work is begun. Returns what was waiting.
  std::deque<Connection*> end();
  void join();

 private:
  void run();

  std::function<void(Connection&)> work_;
  size_t most_waiting_ = 0;
  std::mutex mutex_;
  std::condition_variable added_;
  std::deque<Connection*> waiting_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace uhuru
