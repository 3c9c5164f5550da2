#include "uhuru/catalog/database_file.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <mutex>

#include "uhuru/base/descriptor.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/hash.hpp"

namespace uhuru::catalog {

struct DatabaseFile::State {
  Descriptor descriptor;
  off_t size = 0;
  std::atomic<int64_t> modified_ns = 0;
  std::mutex mutex;          // for the following
  std::string digest;        // empty: not noted
  int64_t different_ns = 0;  // modified then, and found to be different

  /// Whether nobody has written to the file.
  bool is_unchanged() const {
    struct stat status {};
    return ::fstat(descriptor.get(), &status) == 0 && status.st_size == size &&
           nanoseconds(status) == modified_ns;
  }
  static int64_t nanoseconds(const struct stat& status) {
    return int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  }
};

namespace {

/// SQLite's own VFS cannot open `/proc/self/fd/N`: it resolves links itself, to the original name
/// of the file.
struct OpenFile {
  sqlite3_file base;
  const DatabaseFile::State* state;
};

int read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
  const DatabaseFile::State& state = *reinterpret_cast<OpenFile*>(file)->state;
  auto* to = static_cast<char*>(bytes);
  while (size > 0) {
    const ssize_t got = uninterrupted(
        [&] { return ::pread(state.descriptor.get(), to, static_cast<size_t>(size), offset); });
    if (got < 0 || !state.is_unchanged()) return SQLITE_IOERR_READ;
    if (got == 0) {
      std::fill_n(to, size, '\0');
      return SQLITE_IOERR_SHORT_READ;
    }
    to += got;
    size -= static_cast<int>(got);
    offset += got;
  }
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  *size = reinterpret_cast<OpenFile*>(file)->state->size;
  return SQLITE_OK;
}

sqlite3_io_methods make_methods() {
  sqlite3_io_methods methods{};
  methods.iVersion = 1;
  methods.xClose = [](sqlite3_file*) { return SQLITE_OK; };
  methods.xRead = read;
  methods.xWrite = [](sqlite3_file*, const void*, int, sqlite3_int64) { return SQLITE_READONLY; };
  methods.xTruncate = [](sqlite3_file*, sqlite3_int64) { return SQLITE_READONLY; };
  methods.xSync = [](sqlite3_file*, int) { return SQLITE_OK; };
  methods.xFileSize = file_size;
  methods.xLock = methods.xUnlock = [](sqlite3_file*, int) { return SQLITE_OK; };
  methods.xCheckReservedLock = [](sqlite3_file*, int* reserved) {
    *reserved = 0;
    return SQLITE_OK;
  };
  methods.xFileControl = [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; };
  methods.xSectorSize = [](sqlite3_file*) { return 0; };
  methods.xDeviceCharacteristics = [](sqlite3_file*) { return SQLITE_IOCAP_IMMUTABLE; };
  return methods;
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  static const sqlite3_io_methods methods = make_methods();
  file->pMethods = nullptr;
  // Journals and temporary files are not supported.
  if (!name || (flags & SQLITE_OPEN_MAIN_DB) == 0) return SQLITE_CANTOPEN;
  file->pMethods = &methods;
  reinterpret_cast<OpenFile*>(file)->state =
      reinterpret_cast<const DatabaseFile::State*>(std::strtoull(name, nullptr, 10));
  if (out_flags) *out_flags = SQLITE_OPEN_READONLY;
  return SQLITE_OK;
}

/// Takes clock and random numbers from the default VFS.
sqlite3_vfs make_opener() {
  sqlite3_vfs vfs = *sqlite3_vfs_find(nullptr);
  vfs.pNext = nullptr;
  vfs.szOsFile = sizeof(OpenFile);
  vfs.zName = "uhuru-descriptor";
  vfs.xOpen = open;
  vfs.xDelete = [](sqlite3_vfs*, const char*, int) { return SQLITE_READONLY; };
  vfs.xAccess = [](sqlite3_vfs*, const char*, int, int* there) {
    *there = 0;
    return SQLITE_OK;
  };
  vfs.xFullPathname = [](sqlite3_vfs*, const char* name, int size, char* full) {
    sqlite3_snprintf(size, full, "%s", name);
    return SQLITE_OK;
  };
  return vfs;
}

}  // namespace

DatabaseFile::DatabaseFile(std::string name)
    : name_(std::move(name)), state_(std::make_shared<State>()) {
  state_->descriptor =
      Descriptor(uninterrupted([&] { return ::open(name_.c_str(), O_RDONLY | O_CLOEXEC); }));
  struct stat status {};
  if (!state_->descriptor || ::fstat(state_->descriptor.get(), &status) != 0) {
    const auto cause = errno == ENOENT ? ErrorCause::absent_file : ErrorCause::system;
    throw system_error("cannot open the file", name_, "a uhuru catalog", std::strerror(errno))
        .because(cause);
  }
  state_->size = status.st_size;
  state_->modified_ns = State::nanoseconds(status);
}

void DatabaseFile::note_content() {
  const std::lock_guard lock(state_->mutex);
  state_->digest = sha256_of_descriptor(state_->descriptor.get(), name_);
  if (!state_->is_unchanged())
    throw system_error("the file changed while being read", name_, "a file that nobody writes to");
}

bool DatabaseFile::is_whole() const {
  if (state_->is_unchanged()) return true;
  const std::lock_guard lock(state_->mutex);
  struct stat status {};
  if (state_->digest.empty() || ::fstat(state_->descriptor.get(), &status) != 0 ||
      status.st_size != state_->size)
    return false;
  const int64_t modified_ns = State::nanoseconds(status);
  if (modified_ns == state_->modified_ns) return true;
  // A file that is still being written may have the same time after the next bytes.
  constexpr int64_t settled_ns = 1'000'000'000;
  struct timespec now {};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const int64_t now_ns = int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
  if (modified_ns == state_->different_ns ||
      (modified_ns <= now_ns && now_ns - modified_ns < settled_ns))
    return false;
  try {
    const bool is_same = sha256_of_descriptor(state_->descriptor.get(), name_) == state_->digest &&
                         ::fstat(state_->descriptor.get(), &status) == 0 &&
                         State::nanoseconds(status) == modified_ns;
    if (is_same)
      state_->modified_ns = modified_ns;
    else
      state_->different_ns = modified_ns;
    return is_same;
  } catch (const Error&) {
    return false;  // it cannot be read now
  }
}

std::string DatabaseFile::opener_name() const {
  return std::to_string(reinterpret_cast<uintptr_t>(state_.get()));
}

const char* DatabaseFile::opener() {
  static sqlite3_vfs vfs = make_opener();
  static const int registered = sqlite3_vfs_register(&vfs, 0);
  return registered == SQLITE_OK ? vfs.zName : nullptr;
}

}  // namespace uhuru::catalog
