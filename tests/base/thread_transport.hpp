// Ranks that are threads of one process, so that tests need no MPI.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <exception>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "uhuru/base/communicator.hpp"
#include "uhuru/base/transport.hpp"

namespace uhuru::testing {

/// Thrown where a program would end: abort() of a transport.
struct Aborted {
  int exit_code;
};

/// What the threads of a computation share. Thread-safe.
class ThreadRanks {
 public:
  explicit ThreadRanks(int count) : count_(static_cast<size_t>(count)) {}
  size_t count() const { return count_; }

  /// What a rank gives to a collective function, its `round`-th: bytes for each rank.
  using Given = std::vector<std::string>;
  /// What all ranks gave, by rank; nothing if they have not come after so many seconds (0: waits
  /// forever).
  std::vector<Given> meet(size_t rank, uint64_t round, Given own, double seconds = 0) {
    std::unique_lock lock(mutex_);
    Round& here = rounds_[round];
    here.given.resize(count_);
    here.given[rank] = std::move(own);
    ++here.came;
    changed_.notify_all();
    const auto all_came = [&] { return here.came == count_; };
    if (seconds == 0)
      changed_.wait(lock, all_came);
    else if (!changed_.wait_for(lock, std::chrono::duration<double>(seconds), all_came))
      return {};
    auto all = here.given;
    if (++here.left == count_) rounds_.erase(round);
    return all;
  }

  void send(size_t from, size_t to, const char* bytes, uint64_t size) {
    const std::lock_guard lock(mutex_);
    sent_[{from, to}].append(bytes, size);
    changed_.notify_all();
  }
  void receive(size_t from, size_t to, char* bytes, uint64_t size) {
    std::unique_lock lock(mutex_);
    std::string& waiting = sent_[{from, to}];
    changed_.wait(lock, [&] { return waiting.size() >= size; });
    waiting.copy(bytes, size);
    waiting.erase(0, size);
  }

 private:
  struct Round {
    std::vector<Given> given;
    size_t came = 0, left = 0;
  };
  const size_t count_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<uint64_t, Round> rounds_;
  std::map<std::pair<size_t, size_t>, std::string> sent_;
};

/// The transport of one of them.
class ThreadTransport : public Transport {
 public:
  ThreadTransport(ThreadRanks& all, int rank) : all_(&all), rank_(static_cast<size_t>(rank)) {}
  int rank() const override { return static_cast<int>(rank_); }
  int count() const override { return static_cast<int>(all_->count()); }
  int count_here() const override { return count(); }

  bool all_gather(uint64_t own, uint64_t* of_each, double seconds) override {
    const auto given =
        all_->meet(rank_, round_++, {{reinterpret_cast<const char*>(&own), sizeof own}}, seconds);
    for (size_t r = 0; r < given.size(); ++r)
      std::memcpy(of_each + r, given[r][0].data(), sizeof own);
    return !given.empty();
  }
  void all_gather(const char* own, const uint64_t* sizes, char* all) override {
    for (const auto& given : all_->meet(rank_, round_++, {{own, sizes[rank_]}}))
      all += given[0].copy(all, std::string::npos);
  }
  void all_to_all(const char* own, const uint64_t* sizes, char* all,
                  const uint64_t* received) override {
    ThreadRanks::Given parts;
    for (size_t to = 0; to < all_->count(); own += sizes[to++]) parts.emplace_back(own, sizes[to]);
    const auto given = all_->meet(rank_, round_++, std::move(parts));
    for (size_t from = 0; from < given.size(); all += received[from++])
      given[from][rank_].copy(all, received[from]);
  }
  void send(int to, const char* bytes, uint64_t size) override {
    all_->send(rank_, static_cast<size_t>(to), bytes, size);
  }
  void receive(int from, char* bytes, uint64_t size) override {
    all_->receive(static_cast<size_t>(from), rank_, bytes, size);
  }
  void finish() override { all_->meet(rank_, round_++, {}); }
  [[noreturn]] void abort(int exit_code) override { throw Aborted{exit_code}; }

 private:
  ThreadRanks* all_;
  size_t rank_;
  uint64_t round_ = 0;
};

/// Calls `work(ranks)` in each of `count` ranks. If some throw, rethrows what the one threw that
/// must tell the user.
template <class Work>
void as_ranks(int count, Work&& work) {
  ThreadRanks all(count);
  std::vector<std::exception_ptr> failures(static_cast<size_t>(count));
  std::vector<std::thread> threads;
  for (int rank = 0; rank < count; ++rank)
    threads.emplace_back([&, rank] {
      ThreadTransport transport(all, rank);
      const Communicator ranks(transport);
      try {
        work(ranks);
        ranks.meet();
      } catch (const OtherRankFailed&) {
        // Another one tells the user.
      } catch (...) {
        if (ranks.fail(1) != Communicator::Failure::another)
          failures[static_cast<size_t>(rank)] = std::current_exception();
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

}  // namespace uhuru::testing
