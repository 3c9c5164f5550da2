// A small pool of threads with fixed chunks of work, so that results do not depend on their number.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace uhuru {

/// The threads that a computation may use.
///
/// Work is cut into chunks whose bounds depend on the problem alone; each chunk writes its own
/// result, and the caller adds them up in order. So the bytes are the same at any thread count.
/// The threads wait between tasks and end with the last copy of the object.
class Threads {
 public:
  /// `count` threads, the caller's included; 0 means one per processor.
  explicit Threads(int count = 0);
  int count() const { return count_; }

  /// Calls `work(chunk)` once for each chunk in [0, chunks), in any order, and returns when all are
  /// done. An exception in a chunk is rethrown here, that of the lowest chunk that failed; chunks
  /// not yet begun may then be left out. `work` is called from several threads at once; where it
  /// calls run() itself, that runs in its own thread.
  void run(size_t chunks, const std::function<void(size_t chunk)>& work) const;

  /// Calls `work(begin, end, chunk)` over [0, n) in chunks of `chunk_size` rows.
  void for_rows(size_t n, size_t chunk_size,
                const std::function<void(size_t begin, size_t end, size_t chunk)>& work) const;

 private:
  class Pool;
  int count_;
  std::shared_ptr<Pool> pool_;  // the threads besides the caller's
};

/// How many chunks for_rows makes.
inline size_t chunk_count(size_t n, size_t chunk_size) { return (n + chunk_size - 1) / chunk_size; }

}  // namespace uhuru
