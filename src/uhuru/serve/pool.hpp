// A pool of objects shared by threads.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#pragma GCC visibility push(default)
namespace uhuru::serve {

/// Objects that are each used by one thread at a time. Thread-safe, except add().
template <class T>
class Pool {
 public:
  void add(std::unique_ptr<T> object) { free_.push_back(std::move(object)); }
  /// Calls `work(T&)` with a free object, after waiting for one. Returns what `work` returns.
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

}  // namespace uhuru::serve
#pragma GCC visibility pop
