// Signals: what they leave, and Ctrl-C while waiting for a service.
#pragma once

#include <csignal>

namespace uhuru::cli {

/// From now on, a signal that ends the program (Ctrl-C, SIGTERM, SIGHUP, SIGPIPE, SIGXCPU) first
/// removes its unfinished outputs and temporary folders. Ignored signals stay ignored.
void clean_up_at_signals();

/// While an object exists, the first Ctrl-C, SIGTERM or SIGHUP is recorded instead of terminating
/// the program; a second one terminates it. Ignored signals stay ignored. One object at a time.
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
  static constexpr int heeded_[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction before_[3] = {};
};

}  // namespace uhuru::cli
