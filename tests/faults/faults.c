/* Fails one system call or allocation of a program into which it is preloaded.
 *
 *   UHURU_FAULT_COUNTS=FILE    writes "CALL COUNT PLACE..." for each call: how often it was made, and
 *                              the numbers of those made from a place not seen before: the innermost
 *                              functions on the stack
 *   UHURU_FAULT=CALL:N:ERRNO   fails the Nth with this number
 *   UHURU_FAULT=CALL:N:short   lets it read or write only a part of the bytes
 *   UHURU_FAULT=CALL:N+:ERRNO  fails the Nth and all later ones
 *
 * Only calls from main() on are counted. Messages (descriptor 2) never fail. A close that fails has
 * closed the file, as in Linux. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define CALLS(X)                                                                               \
  X(open) X(read) X(write) X(pread) X(pwrite) X(close) X(fsync) X(ftruncate) X(lseek)          \
  X(stat) X(rename) X(link) X(unlink) X(mkdir) X(readlink) X(opendir) X(chmod)        \
  X(fopen) X(fread) X(fwrite) X(fflush) X(fclose) X(dup) X(mkstemp) X(mkdtemp) X(access)       \
  X(mmap) X(alloc) X(pthread_create) X(socket) X(connect) X(send) X(recv) X(poll)

enum {
#define X(name) call_##name,
  CALLS(X)
#undef X
  call_count
};

static const char* const names[] = {
#define X(name) #name,
    CALLS(X)
#undef X
};

enum { most_places = 20000, table_size = 1 << 16, frames = 12, short_transfer = -1 };

static atomic_int armed;
static atomic_long counts[call_count];
static int wanted = -1, wanted_error, and_later;
static long wanted_number;
static const char* counts_path;
static __thread int inside;

static pthread_mutex_t places_mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t seen[table_size];
static struct {
  int call;
  long number;
} places[most_places];
static int place_count;

static void note_place(int call, long number) {
  void* stack[frames];
  inside = 1;
  const int depth = backtrace(stack, frames);
  inside = 0;
  uint64_t hash = 1469598103934665603u + (uint64_t)call;
  for (int i = 2; i < depth; ++i) hash = (hash ^ (uint64_t)(uintptr_t)stack[i]) * 1099511628211u;
  hash |= 1;
  pthread_mutex_lock(&places_mutex);
  size_t at = hash % table_size;
  while (seen[at] && seen[at] != hash) at = (at + 1) % table_size;
  if (!seen[at] && place_count < most_places) {
    seen[at] = hash;
    places[place_count].call = call;
    places[place_count++].number = number;
  }
  pthread_mutex_unlock(&places_mutex);
}

/* The error that this call shall have: 0 for none, or short_transfer. */
static int fault(int call) {
  if (!armed || inside) return 0;
  const int error = errno;
  const long number = atomic_fetch_add(&counts[call], 1) + 1;
  if (counts_path) note_place(call, number);
  errno = error;
  if (call != wanted || (and_later ? number < wanted_number : number != wanted_number)) return 0;
  return wanted_error;
}

static void read_settings(void) {
  counts_path = getenv("UHURU_FAULT_COUNTS");
  const char* text = getenv("UHURU_FAULT");
  const char* colon = text ? strchr(text, ':') : NULL;
  if (!colon) return;
  for (int call = 0; call < call_count; ++call)
    if (strlen(names[call]) == (size_t)(colon - text) &&
        strncmp(names[call], text, (size_t)(colon - text)) == 0)
      wanted = call;
  char* end = NULL;
  wanted_number = strtol(colon + 1, &end, 10);
  and_later = *end == '+';
  end += and_later;
  wanted_error = strcmp(end, ":short") == 0 ? short_transfer : atoi(end + 1);
  if (wanted < 0 || wanted_number < 1 || wanted_error == 0) {
    fputs("faults: invalid UHURU_FAULT\n", stderr);
    abort();
  }
}

static void write_counts(void) {
  if (!counts_path) return;
  FILE* file = fopen(counts_path, "w");
  if (!file) abort();
  for (int call = 0; call < call_count; ++call) {
    if (!counts[call]) continue;
    fprintf(file, "%s %ld", names[call], counts[call]);
    for (int i = 0; i < place_count; ++i)
      if (places[i].call == call) fprintf(file, " %ld", places[i].number);
    fputc('\n', file);
  }
  fclose(file);
}

static int (*real_main)(int, char**, char**);

static int main_with_faults(int argc, char** argv, char** environment) {
  read_settings();
  void* stack[frames];
  backtrace(stack, frames); /* loads what it needs */
  armed = 1;
  const int code = real_main(argc, argv, environment);
  armed = 0;
  write_counts();
  return code;
}

int __libc_start_main(int (*main)(int, char**, char**), int argc, char** argv, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void* stack_end) {
  __typeof__(&__libc_start_main) real =
      (__typeof__(&__libc_start_main))dlsym(RTLD_NEXT, "__libc_start_main");
  real_main = main;
  return real(main_with_faults, argc, argv, init, fini, rtld_fini, stack_end);
}

#define REAL(name)                                                               \
  static __typeof__(&name) real;                                                 \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

/* Fails with `failure` if this call is to fail. */
#define FAIL(call, failure)                \
  do {                                     \
    const int error_ = fault(call_##call); \
    if (error_ > 0) {                      \
      errno = error_;                      \
      return failure;                      \
    }                                      \
  } while (0)

#define OPEN(name)                                     \
  int name(const char* path, int flags, ...) {         \
    REAL(name);                                        \
    va_list list;                                      \
    va_start(list, flags);                             \
    const mode_t mode = va_arg(list, mode_t);          \
    va_end(list);                                      \
    FAIL(open, -1);                                    \
    return real(path, flags, mode);                    \
  }
OPEN(open)
OPEN(open64)
#define OPENAT(name)                                      \
  int name(int folder, const char* path, int flags, ...) { \
    REAL(name);                                           \
    va_list list;                                         \
    va_start(list, flags);                                \
    const mode_t mode = va_arg(list, mode_t);             \
    va_end(list);                                         \
    FAIL(open, -1);                                       \
    return real(folder, path, flags, mode);               \
  }
OPENAT(openat)
OPENAT(openat64)

/* A transfer of `size` bytes, of which only some may be transferred. */
#define TRANSFER(call)                             \
  const int error_ = fault(call_##call);           \
  if (error_ > 0) {                                \
    errno = error_;                                \
    return -1;                                     \
  }                                                \
  if (error_ == short_transfer && size > 1) size = (size + 1) / 2

#define TRANSFERS(call, name, parameters, arguments) \
  ssize_t name parameters {                          \
    REAL(name);                                      \
    TRANSFER(call);                                  \
    return real arguments;                           \
  }
TRANSFERS(read, read, (int file, void* bytes, size_t size), (file, bytes, size))
TRANSFERS(pread, pread, (int file, void* bytes, size_t size, off_t at), (file, bytes, size, at))
TRANSFERS(pread, pread64, (int file, void* bytes, size_t size, off64_t at), (file, bytes, size, at))
TRANSFERS(pwrite, pwrite, (int file, const void* bytes, size_t size, off_t at),
          (file, bytes, size, at))
TRANSFERS(pwrite, pwrite64, (int file, const void* bytes, size_t size, off64_t at),
          (file, bytes, size, at))
TRANSFERS(recv, recv, (int file, void* bytes, size_t size, int flags), (file, bytes, size, flags))
TRANSFERS(send, send, (int file, const void* bytes, size_t size, int flags),
          (file, bytes, size, flags))
ssize_t write(int file, const void* bytes, size_t size) {
  REAL(write);
  if (file == STDERR_FILENO) return real(file, bytes, size);  /* messages */
  TRANSFER(write);
  return real(file, bytes, size);
}

int close(int file) {
  REAL(close);
  const int error = fault(call_close);
  const int result = real(file);
  if (error <= 0) return result;
  errno = error;
  return -1;
}

/* NAME(call, result, failure, name, parameters, arguments) */
#define SIMPLE(call, result, failure, name, parameters, arguments) \
  result name parameters {                                         \
    REAL(name);                                                    \
    FAIL(call, failure);                                           \
    return real arguments;                                         \
  }
SIMPLE(fsync, int, -1, fsync, (int file), (file))
SIMPLE(fsync, int, -1, fdatasync, (int file), (file))
SIMPLE(ftruncate, int, -1, ftruncate, (int file, off_t size), (file, size))
SIMPLE(ftruncate, int, -1, ftruncate64, (int file, off64_t size), (file, size))
SIMPLE(lseek, off_t, -1, lseek, (int file, off_t at, int from), (file, at, from))
SIMPLE(lseek, off64_t, -1, lseek64, (int file, off64_t at, int from), (file, at, from))
SIMPLE(stat, int, -1, stat, (const char* path, struct stat* to), (path, to))
SIMPLE(stat, int, -1, stat64, (const char* path, struct stat64* to), (path, to))
SIMPLE(stat, int, -1, lstat, (const char* path, struct stat* to), (path, to))
SIMPLE(stat, int, -1, lstat64, (const char* path, struct stat64* to), (path, to))
SIMPLE(stat, int, -1, fstat, (int file, struct stat* to), (file, to))
SIMPLE(stat, int, -1, fstat64, (int file, struct stat64* to), (file, to))
SIMPLE(rename, int, -1, rename, (const char* from, const char* to), (from, to))
SIMPLE(rename, int, -1, renameat2,
       (int from_at, const char* from, int to_at, const char* to, unsigned flags),
       (from_at, from, to_at, to, flags))
SIMPLE(link, int, -1, link, (const char* from, const char* to), (from, to))
SIMPLE(unlink, int, -1, unlink, (const char* path), (path))
SIMPLE(unlink, int, -1, unlinkat, (int at, const char* path, int flags), (at, path, flags))
SIMPLE(unlink, int, -1, rmdir, (const char* path), (path))
SIMPLE(mkdir, int, -1, mkdir, (const char* path, mode_t mode), (path, mode))
SIMPLE(readlink, ssize_t, -1, readlink, (const char* path, char* to, size_t size),
       (path, to, size))
SIMPLE(opendir, DIR*, NULL, opendir, (const char* path), (path))
SIMPLE(chmod, int, -1, chmod, (const char* path, mode_t mode), (path, mode))
SIMPLE(chmod, int, -1, fchmod, (int file, mode_t mode), (file, mode))
SIMPLE(dup, int, -1, dup, (int file), (file))
SIMPLE(mkstemp, int, -1, mkstemp, (char* path), (path))
SIMPLE(mkstemp, int, -1, mkostemp, (char* path, int flags), (path, flags))
SIMPLE(mkdtemp, char*, NULL, mkdtemp, (char* path), (path))
SIMPLE(access, int, -1, access, (const char* path, int mode), (path, mode))
SIMPLE(mmap, void*, MAP_FAILED, mmap,
       (void* at, size_t size, int protection, int flags, int file, off_t from),
       (at, size, protection, flags, file, from))
SIMPLE(socket, int, -1, socket, (int domain, int type, int protocol), (domain, type, protocol))
SIMPLE(connect, int, -1, connect, (int file, const struct sockaddr* to, socklen_t size),
       (file, to, size))
SIMPLE(poll, int, -1, poll, (struct pollfd * files, nfds_t count, int timeout),
       (files, count, timeout))
SIMPLE(fopen, FILE*, NULL, fopen, (const char* path, const char* mode), (path, mode))
SIMPLE(fopen, FILE*, NULL, fopen64, (const char* path, const char* mode), (path, mode))

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*work)(void*),
                   void* argument) {
  REAL(pthread_create);
  const int error = fault(call_pthread_create);
  return error > 0 ? error : real(thread, attributes, work, argument);
}

int fclose(FILE* file) {
  REAL(fclose);
  const int error = file == stderr ? 0 : fault(call_fclose);
  const int result = real(file);
  if (error <= 0) return result;
  errno = error;
  return EOF;
}
int fflush(FILE* file) {
  REAL(fflush);
  const int error = file == stderr ? 0 : fault(call_fflush);
  if (error <= 0) return real(file);
  errno = error;
  return EOF;
}
/* What a stream remembers; for ferror(). */
static size_t failed(FILE* file) {
  file->_flags |= 0x20; /* _IO_ERR_SEEN */
  return 0;
}
size_t fread(void* to, size_t size, size_t count, FILE* file) {
  REAL(fread);
  FAIL(fread, failed(file));
  return real(to, size, count, file);
}
size_t fwrite(const void* from, size_t size, size_t count, FILE* file) {
  REAL(fwrite);
  if (file == stderr) return real(from, size, count, file);
  FAIL(fwrite, failed(file));
  return real(from, size, count, file);
}

/* All memory is the C library's, whatever allocator the program has: by its own names, since dlsym()
 * may allocate. */
extern void* __libc_malloc(size_t);
extern void* __libc_calloc(size_t, size_t);
extern void* __libc_realloc(void*, size_t);
extern void* __libc_memalign(size_t, size_t);
extern void __libc_free(void*);

void* malloc(size_t size) {
  FAIL(alloc, NULL);
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  FAIL(alloc, NULL);
  return __libc_calloc(count, size);
}
void* realloc(void* old, size_t size) {
  FAIL(alloc, NULL);
  return __libc_realloc(old, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
  FAIL(alloc, NULL);
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** to, size_t alignment, size_t size) {
  const int error = fault(call_alloc);
  if (error > 0) return error;
  *to = __libc_memalign(alignment, size);
  return *to ? 0 : ENOMEM;
}
void free(void* memory) { __libc_free(memory); }

/* C++: an allocator may bring these, too. Those of the C++ library call malloc() and free(). */
static void* of_library(const char* name) {
  void* library = dlopen("libstdc++.so.6", RTLD_LAZY | RTLD_NOLOAD);
  void* found = library ? dlsym(library, name) : NULL;
  if (!found) abort();
  return found;
}
#define OF_LIBRARY(result, name, parameters, arguments) \
  result name parameters {                              \
    static result(*real) parameters;                    \
    if (!real) *(void**)&real = of_library(#name);      \
    return real arguments;                              \
  }
OF_LIBRARY(void*, _Znwm, (size_t size), (size))
OF_LIBRARY(void*, _Znam, (size_t size), (size))
OF_LIBRARY(void*, _ZnwmRKSt9nothrow_t, (size_t size, const void* tag), (size, tag))
OF_LIBRARY(void*, _ZnamRKSt9nothrow_t, (size_t size, const void* tag), (size, tag))
OF_LIBRARY(void*, _ZnwmSt11align_val_t, (size_t size, size_t alignment), (size, alignment))
OF_LIBRARY(void*, _ZnamSt11align_val_t, (size_t size, size_t alignment), (size, alignment))
void _ZdlPv(void* memory) { free(memory); }
void _ZdaPv(void* memory) { free(memory); }
void _ZdlPvm(void* memory, size_t size) { (void)size, free(memory); }
void _ZdaPvm(void* memory, size_t size) { (void)size, free(memory); }
void _ZdlPvSt11align_val_t(void* memory, size_t alignment) { (void)alignment, free(memory); }
void _ZdaPvSt11align_val_t(void* memory, size_t alignment) { (void)alignment, free(memory); }
void _ZdlPvmSt11align_val_t(void* memory, size_t size, size_t alignment) {
  (void)size, (void)alignment, free(memory);
}
void _ZdaPvmSt11align_val_t(void* memory, size_t size, size_t alignment) {
  (void)size, (void)alignment, free(memory);
}
