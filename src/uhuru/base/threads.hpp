// A small thread pool with fixed chunks of work, so that results do not depend on the number of
// threads.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "uhuru/base/communicator.hpp"

#pragma GCC visibility push(default)
namespace uhuru {

/// The threads available to a computation.
///
/// Work is split into chunks whose bounds depend only on the problem; each chunk writes its own
/// result, and the caller adds these in order. The results are therefore identical for any number
/// of threads. The threads wait between tasks and end with the last copy of the object.
class Threads {
 public:
  /// `count` threads, including the caller's, at most 1024; 0 means one per processor. There are
  /// fewer if the system refuses more.
  explicit Threads(int count = 0);
  int count() const { return count_; }
  /// The same threads, with a function that is called in the thread that called run(), before each
  /// of its chunks: what it throws ends the work, as if that chunk had failed. It must be quick.
  Threads checked_by(std::function<void()> check) const;
  /// The same threads in each of several processes. Work that is for all of them is shared among
  /// the ranks by those functions that say so; run() is always for this process.
  Threads across(const Communicator& ranks) const;
  /// The same threads for work of this rank alone.
  Threads of_one_rank() const { return across(Communicator::alone()); }
  const Communicator& ranks() const { return *ranks_; }

  /// Calls `work(chunk)` once for each chunk in [0, chunks), in any order, and returns when all are
  /// done. If chunks throw, rethrows the exception of the lowest failed chunk; chunks that have not
  /// begun may then be skipped. `work` is called from several threads concurrently; a nested run()
  /// executes in its own thread.
  void run(size_t chunks, const std::function<void(size_t chunk)>& work) const;

  /// Calls `work(begin, end, chunk)` over [0, n) in chunks of `chunk_size` rows.
  void for_rows(size_t n, size_t chunk_size,
                const std::function<void(size_t begin, size_t end, size_t chunk)>& work) const;

 private:
  class Pool;
  int count_;
  std::function<void()> check_;
  const Communicator* ranks_ = &Communicator::alone();
  std::shared_ptr<Pool> pool_;  // threads in addition to the caller's
};

/// The number of chunks used by for_rows.
inline size_t chunk_count(size_t n, size_t chunk_size) { return (n + chunk_size - 1) / chunk_size; }

}  // namespace uhuru
#pragma GCC visibility pop
