#include "uhuru/catalog/database_file.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "uhuru/base/error.hpp"

namespace uhuru {
namespace {

/// SQLite's own VFS cannot open `/proc/self/fd/N`: it resolves links itself, to the original name
/// of the file.
struct OpenFile {
  sqlite3_file base;
  int descriptor;
};

int read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
  const int descriptor = reinterpret_cast<OpenFile*>(file)->descriptor;
  auto* to = static_cast<char*>(bytes);
  while (size > 0) {
    const ssize_t got = ::pread(descriptor, to, static_cast<size_t>(size), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SQLITE_IOERR_READ;
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
  struct stat status {};
  if (::fstat(reinterpret_cast<OpenFile*>(file)->descriptor, &status) != 0)
    return SQLITE_IOERR_FSTAT;
  *size = status.st_size;
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
  reinterpret_cast<OpenFile*>(file)->descriptor = std::atoi(name);
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
    : name_(std::move(name)),
      descriptor_(std::make_shared<Descriptor>(::open(name_.c_str(), O_RDONLY | O_CLOEXEC))) {
  if (!*descriptor_)
    throw input_error("cannot open the file", name_, "a uhuru catalog", std::strerror(errno));
}

const char* DatabaseFile::opener() {
  static sqlite3_vfs vfs = make_opener();
  static const int registered = sqlite3_vfs_register(&vfs, 0);
  return registered == SQLITE_OK ? vfs.zName : nullptr;
}

}  // namespace uhuru
