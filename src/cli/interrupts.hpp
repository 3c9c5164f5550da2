// Ctrl-C while waiting for a service.
#pragma once

#include <csignal>

namespace uhuru::cli {

/// While an object exists, the first Ctrl-C or SIGTERM is recorded instead of terminating the
/// program; a second one terminates it. Ignored signals stay ignored. One object at a time.
class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  /// The signal received, or 0.
  static int received();
  /// Whether to interrupt the current wait: immediately after a signal, then every ten seconds, so
  /// that the cleanup (deleting a job, leaving a hub) can proceed.
  static bool stop();

 private:
  struct sigaction before_[2] = {};
};

}  // namespace uhuru::cli
