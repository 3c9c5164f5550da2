#include "uhuru/base/hash.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include "uhuru/base/descriptor.hpp"
#include "uhuru/base/error.hpp"

namespace uhuru {

namespace {

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    check(context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
  }
  void add(const void* bytes, size_t size) {
    check(EVP_DigestUpdate(context_.get(), bytes, size) == 1);
  }
  std::string hex() {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    check(EVP_DigestFinal_ex(context_.get(), digest, &size) == 1);
    std::string text;
    for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
    return text;
  }

 private:
  /// SHA-256 itself cannot fail.
  static void check(bool succeeded) {
    if (!succeeded) throw std::bad_alloc();
  }
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

/// `read` is like the system call, without the descriptor.
template <class Read>
std::string sha256_of_bytes(const std::string& name, const Read& read) {
  Sha256 hash;
  std::vector<unsigned char> buffer(1 << 16);
  while (true) {
    const ssize_t n = uninterrupted([&] { return read(buffer.data(), buffer.size()); });
    if (n < 0) throw system_error("cannot read the file", name, "", std::strerror(errno));
    if (n == 0) return hash.hex();
    hash.add(buffer.data(), static_cast<size_t>(n));
  }
}

}  // namespace

std::string sha256_of_file(const std::string& path) {
  const Descriptor file(uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
  if (!file) throw system_error("cannot read the file", path, "", std::strerror(errno));
  return sha256_of_bytes(
      path, [&](unsigned char* buffer, size_t size) { return ::read(file.get(), buffer, size); });
}

std::string sha256_of_descriptor(int descriptor, const std::string& name) {
  off_t at = 0;
  return sha256_of_bytes(name, [&](unsigned char* buffer, size_t size) {
    const ssize_t n = ::pread(descriptor, buffer, size, at);
    if (n > 0) at += n;
    return n;
  });
}

std::string sha256_of_text(std::string_view text) {
  Sha256 hash;
  hash.add(text.data(), text.size());
  return hash.hex();
}

}  // namespace uhuru
