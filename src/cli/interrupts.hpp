// Ctrl-C while a service is waited for.
#pragma once

#include <csignal>

namespace uhuru::cli {

/// While it lives, Ctrl-C and SIGTERM are noted instead of ending the program; a second one ends
/// it. A signal that is ignored stays so. One object at a time.
class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  /// The signal that came, or 0.
  static int received();
  /// Whether to break off what is waited for: after a signal at once, and then every ten seconds,
  /// so that what follows it (deleting a job, leaving a hub) can go on.
  static bool stop();

 private:
  struct sigaction before_[2] = {};
};

}  // namespace uhuru::cli
