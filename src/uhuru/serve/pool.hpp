// Objects that threads take in turn.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace uhuru {

/// Objects of which each is used by one thread at a time. Thread-safe, but for add().
template <class T>
class Pool {
 public:
  void add(std::unique_ptr<T> object) { free_.push_back(std::move(object)); }
  /// Calls `work(T&)` with one that is free, when one is.
  template <class Work>
  auto with(Work&& work) {
    const Lease lease(*this);
    return work(*lease.object);
  }

 private:
  struct Lease {
    explicit Lease(Pool& from) : pool(from) {
      std::unique_lock lock(pool.mutex_);
      pool.returned_.wait(lock, [&] { return !pool.free_.empty(); });
      object = std::move(pool.free_.back());
      pool.free_.pop_back();
    }
    ~Lease() {
      {
        const std::lock_guard lock(pool.mutex_);
        pool.free_.push_back(std::move(object));
      }
      pool.returned_.notify_one();
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Pool& pool;
    std::unique_ptr<T> object;
  };

  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<T>> free_;
};

}  // namespace uhuru
