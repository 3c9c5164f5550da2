#include "uhuru/io/pending_list.hpp"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "uhuru/io/pending_path.hpp"

namespace uhuru::io {
namespace {

/// An entry is never freed, only used again: a signal handler may come at any time.
struct Entry {
  Entry* next;
  bool used;
  char path[PATH_MAX];
};

std::atomic_flag list_in_use;
Entry* first_entry = nullptr;

/// What getdents64 returns.
struct DirectoryEntry {
  uint64_t inode;
  int64_t offset;
  unsigned short size;
  unsigned char type;
  char name[1];
};

void remove_at(int parent, const char* name, int depth) noexcept {
  constexpr int deepest = 8, most_tries = 100;
  if (unlinkat(parent, name, 0) == 0 || (errno != EISDIR && errno != EPERM) || depth > deepest)
    return;
  const int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) return;
  for (int tries = 0; tries < most_tries; ++tries) {  // other threads may still add files
    alignas(DirectoryEntry) char buffer[4096];
    lseek(folder, 0, SEEK_SET);
    for (long size; (size = syscall(SYS_getdents64, folder, buffer, sizeof(buffer))) > 0;)
      for (long at = 0; at < size;) {
        const auto* entry = reinterpret_cast<const DirectoryEntry*>(buffer + at);
        const char* inner = buffer + at + offsetof(DirectoryEntry, name);
        if (std::strcmp(inner, ".") != 0 && std::strcmp(inner, "..") != 0)
          remove_at(folder, inner, depth + 1);
        at += entry->size;
      }
    if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || (errno != ENOTEMPTY && errno != EEXIST)) break;
  }
  close(folder);
}

void lock_list(sigset_t* before) noexcept {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, before);
  while (list_in_use.test_and_set(std::memory_order_acquire)) sched_yield();
}

}  // namespace

PendingLock::PendingLock() { lock_list(&before_); }

PendingLock::~PendingLock() {
  list_in_use.clear(std::memory_order_release);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void* PendingLock::add(const std::string& path) const {
  if (path.size() >= PATH_MAX) {
    errno = ENAMETOOLONG;
    return nullptr;
  }
  Entry* entry = first_entry;
  while (entry && entry->used) entry = entry->next;
  if (!entry) first_entry = entry = new Entry{first_entry, false, ""};
  std::memcpy(entry->path, path.c_str(), path.size() + 1);
  entry->used = true;
  return entry;
}

void PendingLock::drop(void* entry) const noexcept { static_cast<Entry*>(entry)->used = false; }

bool PendingLock::contains(const std::string& path) const noexcept {
  for (const Entry* entry = first_entry; entry; entry = entry->next) {
    const size_t size = std::strlen(entry->path);
    if (entry->used && path.size() > size && path[size] == '/' &&
        path.compare(0, size, entry->path) == 0)
      return true;
  }
  return false;
}

void remove_tree(const char* path) noexcept { remove_at(AT_FDCWD, path, 0); }

void remove_pending_paths() noexcept {
  sigset_t before;
  lock_list(&before);
  for (const Entry* entry = first_entry; entry; entry = entry->next)
    if (entry->used) remove_tree(entry->path);
}

}  // namespace uhuru::io
