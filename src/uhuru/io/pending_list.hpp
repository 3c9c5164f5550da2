// The paths that must not outlive the process.
#pragma once

#include <signal.h>

#include <string>

namespace uhuru::io {

/// Held while outputs appear or disappear: no signal handler runs in this thread meanwhile, and
/// those in other threads wait. After remove_pending_paths() nobody gets it. Not recursive.
class PendingLock {
 public:
  PendingLock();
  ~PendingLock();
  PendingLock(const PendingLock&) = delete;
  PendingLock& operator=(const PendingLock&) = delete;

  /// Adds a path to the list and returns its entry, or null with errno if it is too long.
  void* add(const std::string& path) const;
  void drop(void* entry) const noexcept;
  /// Whether a path is in a folder of the list.
  bool contains(const std::string& path) const noexcept;

 private:
  sigset_t before_;
};

/// Removes a file, or a folder with its contents; symbolic links are not followed.
/// Async-signal-safe.
void remove_tree(const char* path) noexcept;

}  // namespace uhuru::io
