#include "uhuru/base/threads.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace uhuru {
namespace {

/// Processes chunks until none is left, together with other threads.
class Task {
 public:
  Task(size_t chunks, const std::function<void(size_t)>& work, const std::function<void()>& check)
      : chunks_(chunks), failed_chunk_(chunks), work_(work), check_(check) {}

  void help() {
    for (size_t chunk = next_++; chunk < chunks_; chunk = next_++) {
      try {
        if (check_ && std::this_thread::get_id() == caller_) check_();
        work_(chunk);
      } catch (...) {
        const std::lock_guard lock(mutex_);
        if (chunk < failed_chunk_) {
          failed_chunk_ = chunk;
          failure_ = std::current_exception();
        }
        next_ = chunks_;  // all lower chunks have begun, so the lowest failure is still found
      }
    }
  }
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  const size_t chunks_;
  std::atomic<size_t> next_{0};
  std::mutex mutex_;
  size_t failed_chunk_;
  std::exception_ptr failure_;
  const std::function<void(size_t)>& work_;
  const std::function<void()>& check_;
  const std::thread::id caller_ = std::this_thread::get_id();
};

/// More would take the machine's memory and its process numbers, not its processors.
constexpr int most_threads = 1024;

}  // namespace

/// Threads that wait for a task, work on it, and wait again.
class Threads::Pool {
 public:
  explicit Pool(size_t helpers) {
    helpers_.reserve(helpers);
    try {
      while (helpers_.size() < helpers)
        helpers_.emplace_back([this](const std::stop_token& stop) { wait_and_help(stop); });
    } catch (const std::system_error&) {
      // The system refuses more threads: the results are the same with those that there are.
    }
  }
  size_t helpers() const { return helpers_.size(); }

  /// Runs a task with the helpers; false if they are busy with another.
  bool run(Task& task) {
    const std::unique_lock in_use(in_use_, std::try_to_lock);
    if (!in_use) return false;
    {
      const std::lock_guard lock(mutex_);
      task_ = &task;
      ++task_number_;
    }
    task_given_.notify_all();
    task.help();
    {
      const std::lock_guard lock(mutex_);
      task_ = nullptr;  // threads that have not begun by now are not needed
    }
    wait_a_little([this] { return helping_ == 0; });
    std::unique_lock lock(mutex_);
    all_done_.wait(lock, [this] { return helping_ == 0; });
    return true;
  }

 private:
  /// Yields the processor for some tens of microseconds: the next task of a loop usually comes
  /// before a sleeping thread would wake.
  template <class Condition>
  static void wait_a_little(const Condition& condition) {
    constexpr int times = 200;
    for (int i = 0; i < times && !condition(); ++i) std::this_thread::yield();
  }

  void wait_and_help(const std::stop_token& stop) {
    uint64_t seen = 0;
    while (true) {
      wait_a_little([&] { return task_number_ != seen || stop.stop_requested(); });
      std::unique_lock lock(mutex_);
      if (!task_given_.wait(lock, stop, [&] { return task_ && task_number_ != seen; })) return;
      seen = task_number_;
      Task* task = task_;
      ++helping_;
      lock.unlock();
      task->help();
      lock.lock();
      if (--helping_ == 0) all_done_.notify_one();
    }
  }

  std::mutex in_use_, mutex_;
  std::condition_variable_any task_given_;
  std::condition_variable all_done_;
  Task* task_ = nullptr;
  std::atomic<uint64_t> task_number_ = 0;
  std::atomic<size_t> helping_ = 0;
  std::vector<std::jthread> helpers_;  // last, so that the threads end before the members they use
};

Threads::Threads(int count)
    : count_(count > 0 ? std::min(count, most_threads)
                       : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()))) {
  if (count_ == 1) return;
  pool_ = std::make_shared<Pool>(static_cast<size_t>(count_) - 1);
  count_ = static_cast<int>(pool_->helpers()) + 1;
}

Threads Threads::checked_by(std::function<void()> check) const {
  Threads result = *this;
  result.check_ = std::move(check);
  return result;
}

Threads Threads::across(const Communicator& ranks) const {
  Threads result = *this;
  result.ranks_ = &ranks;
  return result;
}

void Threads::run(size_t chunks, const std::function<void(size_t)>& work) const {
  Task task(chunks, work, check_);
  if (chunks < 2 || !pool_ || !pool_->run(task)) task.help();
  task.rethrow();
}

void Threads::for_rows(size_t n, size_t chunk_size,
                       const std::function<void(size_t, size_t, size_t)>& work) const {
  run(chunk_count(n, chunk_size), [&](size_t chunk) {
    work(chunk * chunk_size, std::min(n, (chunk + 1) * chunk_size), chunk);
  });
}

}  // namespace uhuru
