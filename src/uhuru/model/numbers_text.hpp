// Numbers as base64 of little-endian bytes: arrays that would be large and slow as JSON.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "uhuru/model/model_reader.hpp"

namespace uhuru::model {

static_assert(std::endian::native == std::endian::little, "blocks are copied from memory");

/// Collects numbers.
class NumberWriter {
 public:
  template <class T>
  void add(T value) {
    static_assert(std::is_arithmetic_v<T>);
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    bytes_.append(bytes, sizeof value);
  }
  /// All numbers, as base64.
  std::string text() const;

 private:
  std::string bytes_;
};

/// Reads numbers back. All functions throw Error (input), with file and path, for text that is not
/// base64 or too short.
class NumberReader {
 public:
  /// `reader` must outlive it.
  NumberReader(const ModelReader& reader, std::string_view text, std::string path);

  template <class T>
  T take() {
    static_assert(std::is_arithmetic_v<T>);
    T value;
    if (bytes_.size() - at_ < sizeof value) fail("more bytes");
    std::memcpy(&value, bytes_.data() + at_, sizeof value);
    at_ += sizeof value;
    return value;
  }
  /// A finite number.
  double number();
  /// A number of things of at least `bytes` bytes each; no more than the rest of the block holds.
  size_t count(size_t bytes);
  /// Throws unless all bytes were taken.
  void finish() const;
  [[noreturn]] void fail(const std::string& expected) const { reader_.fail(path_, expected); }

 private:
  const ModelReader& reader_;
  std::string path_, bytes_;
  size_t at_ = 0;
};

}  // namespace uhuru::model
