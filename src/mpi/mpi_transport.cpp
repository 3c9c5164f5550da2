// The module that carries bytes by MPI: all that is known of MPI is here.
#include <mpi.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <climits>
#include <vector>

#include "uhuru/base/transport.hpp"

namespace {

// Counts are int: more bytes go in several messages.
constexpr uint64_t most_at_once = uint64_t{1} << 30;

class MpiTransport final : public uhuru::Transport {
 public:
  MpiTransport() {
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &count_);
    MPI_Comm here = MPI_COMM_NULL;
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &here);
    MPI_Comm_size(here, &count_here_);
    MPI_Comm_free(&here);
  }
  int rank() const override { return rank_; }
  int count() const override { return count_; }
  int count_here() const override { return count_here_; }

  bool all_gather(uint64_t own, uint64_t* of_each, double seconds) override {
    // Always by the call that does not block: the others' calls must be the same as that of a rank
    // that will not wait for ever.
    // What it reads and writes outlives a call that gives up.
    own_ = own;
    of_each_.resize(static_cast<size_t>(count_));
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Iallgather(&own_, 1, MPI_UINT64_T, of_each_.data(), 1, MPI_UINT64_T, MPI_COMM_WORLD,
                   &request);
    int all_came = 0;
    if (seconds == 0) {
      MPI_Wait(&request, MPI_STATUS_IGNORE);
      all_came = 1;
    }
    const auto start = std::chrono::steady_clock::now();
    const std::chrono::duration<double> patience(seconds);
    while (!all_came && std::chrono::steady_clock::now() - start < patience) {
      MPI_Test(&request, &all_came, MPI_STATUS_IGNORE);
      if (!all_came) usleep(1000);
    }
    if (all_came) std::copy(of_each_.begin(), of_each_.end(), of_each);
    return all_came != 0;  // NOLINT(*MPI-Checker): who gives up ends the program
  }

  void all_gather(const char* own, const uint64_t* sizes, char* all) override {
    std::vector<int> counts, places;
    uint64_t total = 0;
    for (int rank = 0; rank < count_; ++rank) {
      counts.push_back(static_cast<int>(std::min<uint64_t>(sizes[rank], INT_MAX)));
      places.push_back(static_cast<int>(std::min<uint64_t>(total, INT_MAX)));
      total += sizes[rank];
    }
    if (total <= INT_MAX) {
      MPI_Allgatherv(own, counts[static_cast<size_t>(rank_)], MPI_BYTE, all, counts.data(),
                     places.data(), MPI_BYTE, MPI_COMM_WORLD);
      return;
    }
    for (int rank = 0; rank < count_; ++rank) {
      if (rank == rank_) std::copy_n(own, sizes[rank], all);
      for (uint64_t at = 0; at < sizes[rank]; at += most_at_once)
        MPI_Bcast(all + at, piece(sizes[rank], at), MPI_BYTE, rank, MPI_COMM_WORLD);
      all += sizes[rank];
    }
  }

  void all_to_all(const char* own, const uint64_t* sizes, char* all,
                  const uint64_t* received) override {
    std::vector<MPI_Request> requests;
    const char* to = own;
    char* from = all;
    for (int rank = 0; rank < count_; ++rank) {
      if (rank == rank_) {
        std::copy_n(to, sizes[rank], from);
      } else {
        for (uint64_t at = 0; at < received[rank]; at += most_at_once)
          MPI_Irecv(from + at, piece(received[rank], at), MPI_BYTE, rank, exchanged, MPI_COMM_WORLD,
                    &requests.emplace_back());
        for (uint64_t at = 0; at < sizes[rank]; at += most_at_once)
          MPI_Isend(to + at, piece(sizes[rank], at), MPI_BYTE, rank, exchanged, MPI_COMM_WORLD,
                    &requests.emplace_back());
      }
      to += sizes[rank];
      from += received[rank];
    }
    MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE);
  }

  void send(int to, const char* bytes, uint64_t size) override {
    for (uint64_t at = 0; at < size; at += most_at_once)
      MPI_Send(bytes + at, piece(size, at), MPI_BYTE, to, sent, MPI_COMM_WORLD);
  }
  void receive(int from, char* bytes, uint64_t size) override {
    for (uint64_t at = 0; at < size; at += most_at_once)
      MPI_Recv(bytes + at, piece(size, at), MPI_BYTE, from, sent, MPI_COMM_WORLD,
               MPI_STATUS_IGNORE);
  }

  void finish() override { MPI_Finalize(); }
  void abort(int exit_code) override {
    MPI_Abort(MPI_COMM_WORLD, exit_code);
    _exit(exit_code);
  }

 private:
  // Tags of messages.
  enum : int { sent = 1, exchanged = 2 };

  static int piece(uint64_t size, uint64_t at) {
    return static_cast<int>(std::min(most_at_once, size - at));
  }

  int rank_ = 0, count_ = 1, count_here_ = 1;
  uint64_t own_ = 0;
  std::vector<uint64_t> of_each_;
};

}  // namespace

/// See uhuru::transport_function. The name changes with the interface of Transport.
extern "C" [[gnu::visibility("default")]] uhuru::Transport* uhuru_transport_1() {
  int provided = 0;
  // Only the main thread calls MPI.
  if (MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS ||
      provided < MPI_THREAD_FUNNELED)
    return nullptr;
  static MpiTransport transport;
  return &transport;
}
