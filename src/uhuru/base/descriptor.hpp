// File descriptors.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string_view>
#include <utility>

#pragma GCC visibility push(default)
namespace uhuru {

/// The result of a system call, which is repeated while signals interrupt it.
template <class Call>
auto uninterrupted(const Call& call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

/// Writes all bytes; false with errno on failure.
inline bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written =
        uninterrupted([&] { return ::write(descriptor, bytes.data(), bytes.size()); });
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

/// Reads `size` bytes from `at` on; false with errno on failure, EIO if the file ends before.
inline bool read_all_at(int descriptor, char* to, size_t size, off_t at) {
  while (size > 0) {
    const ssize_t n = uninterrupted([&] { return ::pread(descriptor, to, size, at); });
    if (n == 0) errno = EIO;
    if (n <= 0) return false;
    to += n;
    at += n;
    size -= static_cast<size_t>(n);
  }
  return true;
}

/// Writes all bytes from `at` on; false with errno on failure.
inline bool write_all_at(int descriptor, std::string_view bytes, off_t at) {
  while (!bytes.empty()) {
    const ssize_t n =
        uninterrupted([&] { return ::pwrite(descriptor, bytes.data(), bytes.size(), at); });
    if (n < 0) return false;
    at += n;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

/// A file descriptor, closed on destruction.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    close();
    descriptor_ = std::exchange(other.descriptor_, -1);
    return *this;
  }
  int get() const { return descriptor_; }
  /// Leaves closing to the caller.
  int release() { return std::exchange(descriptor_, -1); }
  explicit operator bool() const { return descriptor_ >= 0; }
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

 private:
  int descriptor_ = -1;
};

}  // namespace uhuru
#pragma GCC visibility pop
