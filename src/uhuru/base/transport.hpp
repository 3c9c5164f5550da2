// What carries bytes between the processes of a computation. The module for MPI implements it, and
// is loaded by the program when it runs under MPI; so there is nothing here to link to.
#pragma once

#include <cstdint>

#pragma GCC visibility push(default)
namespace uhuru {

/// Carries bytes between ranks. Not thread-safe.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual int rank() const = 0;
  virtual int count() const = 0;
  /// The ranks on this machine.
  virtual int count_here() const = 0;

  /// One number of each rank. Waits for all of them, at most for so many seconds (0: forever);
  /// false if they have not come.
  virtual bool all_gather(uint64_t own, uint64_t* of_each, double seconds) = 0;
  /// The bytes of all ranks, one after the other; `sizes` has the number of bytes of each.
  virtual void all_gather(const char* own, const uint64_t* sizes, char* all) = 0;
  /// The same, but different bytes for each rank; `sizes`: to each rank, `received`: from each.
  virtual void all_to_all(const char* own, const uint64_t* sizes, char* all,
                          const uint64_t* received) = 0;
  virtual void send(int to, const char* bytes, uint64_t size) = 0;
  virtual void receive(int from, char* bytes, uint64_t size) = 0;

  /// Ends the use of it, in all ranks together.
  virtual void finish() = 0;
  /// Ends all ranks at once.
  [[noreturn]] virtual void abort(int exit_code) = 0;
};

/// The name and type of the module's only function; nullptr if MPI cannot be used.
constexpr const char* transport_function = "uhuru_transport_1";
using OpenTransport = Transport* (*)();

}  // namespace uhuru
#pragma GCC visibility pop
