// The processes that share a computation, on one machine or many.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "uhuru/base/transport.hpp"

#pragma GCC visibility push(default)
namespace uhuru {

/// Thrown where a rank learns that another one has failed: it only has to clean up and end.
struct OtherRankFailed {
  int exit_code;
};

/// The bytes of values, and values from bytes.
template <class T>
std::string_view bytes_of(std::span<const T> values) {
  static_assert(std::is_trivially_copyable_v<T>);
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}
template <class T>
void append_values(std::string_view bytes, std::vector<T>& values) {
  const size_t before = values.size();
  values.resize(before + bytes.size() / sizeof(T));
  if (!bytes.empty()) std::memcpy(values.data() + before, bytes.data(), bytes.size());
}

/// The ranks of a computation: processes that run the same program, numbered from 0.
///
/// All ranks call the collective functions in the same order, each in its main thread. Data are
/// brought together in the order of the ranks, so that results depend on the data alone. A rank
/// that fails says so with fail(); the others learn it at their next collective function, which
/// throws OtherRankFailed. Without a transport there is one rank, and all functions return at once.
class Communicator {
 public:
  Communicator() = default;
  /// `transport` must outlive it.
  explicit Communicator(Transport& transport) : transport_(&transport) {}
  /// The one of a process by itself.
  static const Communicator& alone();

  int rank() const { return transport_ ? transport_->rank() : 0; }
  int count() const { return transport_ ? transport_->count() : 1; }
  /// Whether this rank speaks for all, and writes.
  bool is_first() const { return rank() == 0; }
  bool is_alone() const { return count() == 1; }

  /// Where the part of a rank begins if so many things are divided evenly, in the order of the
  /// ranks; that of rank count() would begin at their end.
  uint64_t part_begin(uint64_t things, int of_rank) const {
    const auto all = static_cast<uint64_t>(count()), before = static_cast<uint64_t>(of_rank);
    return things / all * before + things % all * before / all;
  }

  /// Collective: returns when all ranks have called it.
  void meet() const { meet(0); }
  /// Collective: the bytes of all ranks.
  std::vector<std::string> all_gather(std::string_view own) const;
  /// Collective: the bytes of all ranks, in the first one; nothing in the others.
  std::vector<std::string> gather(std::string_view own) const;
  /// Collective: the bytes that each rank has for this one; `to_each` has one entry per rank.
  std::vector<std::string> all_to_all(const std::vector<std::string>& to_each) const;
  /// Collective: the values of all ranks, one after the other; a rank may have none.
  template <class T>
  std::vector<T> all_values(std::span<const T> own) const {
    std::vector<T> all;
    for (const std::string& bytes : all_gather(bytes_of(own))) append_values(bytes, all);
    return all;
  }
  /// Collective: one value of each rank.
  template <class T>
  std::vector<T> of_each(const T& own) const {
    return all_values(std::span<const T>(&own, 1));
  }

  /// Collective: replaces each number by its sum over the ranks, which have equally many.
  void add_up(std::span<uint64_t> numbers) const {
    const auto of_ranks = all_values(std::span<const uint64_t>(numbers));
    std::fill(numbers.begin(), numbers.end(), 0);
    for (size_t i = 0; i < of_ranks.size(); ++i) numbers[i % numbers.size()] += of_ranks[i];
  }

  /// Sends bytes to another rank, which must receive them.
  void send(int to, std::string_view bytes) const;
  /// The next bytes that a rank sent.
  std::string receive(int from) const;

  /// How often this rank has met the others or sent something to one, and the bytes that it sent.
  struct Traffic {
    uint64_t meetings = 0, messages = 0, bytes = 0;
  };
  const Traffic& traffic() const { return traffic_; }

  /// What became of saying that this rank has failed.
  enum class Failure {
    mine,     // the first of those that failed: it must tell the user
    another,  // another one tells the user
    silence,  // the others did not answer: it must tell the user, and abort
  };
  Failure fail(int exit_code) const;

 private:
  std::vector<uint64_t> meet(uint64_t own) const;

  Transport* transport_ = nullptr;
  mutable Traffic traffic_;
};

}  // namespace uhuru
#pragma GCC visibility pop
