#include "uhuru/base/threads.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace uhuru {

Threads::Threads(int count)
    : count_(count > 0 ? count
                       : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()))) {}

void Threads::run(size_t chunks, const std::function<void(size_t)>& work) const {
  std::atomic<size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  size_t failed_chunk = chunks;
  const auto worker = [&] {
    for (size_t chunk = next++; chunk < chunks; chunk = next++) {
      try {
        work(chunk);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (chunk < failed_chunk) {
          failed_chunk = chunk;
          failure = std::current_exception();
        }
        next = chunks;  // every lower chunk has begun already, so the lowest failure is still found
      }
    }
  };
  std::vector<std::jthread> helpers;
  const size_t wanted = std::min(static_cast<size_t>(count_), chunks);
  for (size_t i = 1; i < wanted; ++i) helpers.emplace_back(worker);
  worker();
  helpers.clear();
  if (failure) std::rethrow_exception(failure);
}

void Threads::for_rows(size_t n, size_t chunk_size,
                       const std::function<void(size_t, size_t, size_t)>& work) const {
  run(chunk_count(n, chunk_size), [&](size_t chunk) {
    work(chunk * chunk_size, std::min(n, (chunk + 1) * chunk_size), chunk);
  });
}

}  // namespace uhuru
