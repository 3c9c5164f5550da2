#include "uhuru/httpd/workers.hpp"

#include <utility>

namespace uhuru {

void Workers::start(size_t threads, size_t most_waiting) {
  most_waiting_ = most_waiting;
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

bool Workers::add(Connection& connection) {
  {
    const std::lock_guard lock(mutex_);
    if (ending_ || waiting_.size() >= most_waiting_) return false;
    waiting_.push_back(&connection);
  }
  added_.notify_one();
  return true;
}

std::deque<Connection*> Workers::end() {
  std::deque<Connection*> left;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    left = std::exchange(waiting_, {});
  }
  added_.notify_all();
  return left;
}

void Workers::join() {
  end();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Workers::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    added_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
    if (ending_) return;
    Connection& connection = *waiting_.front();
    waiting_.pop_front();
    lock.unlock();
    work_(connection);
    lock.lock();
  }
}

}  // namespace uhuru
