// Values as bytes, for another process on a machine of the same kind.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "uhuru/base/error.hpp"
#include "uhuru/base/matrix.hpp"

#pragma GCC visibility push(default)
namespace uhuru {

/// Appends values to bytes: trivially copyable ones, texts, matrices, and vectors, pairs, maps of
/// these, which may be optional. What has several members has a function `transfer(archive,
/// value)`, which calls `archive(member, …)` and so serves both Packer and Unpacker.
class Packer {
 public:
  template <class... Values>
  void operator()(const Values&... values) {
    (put(values), ...);
  }
  std::string bytes;

 private:
  void put(const void* from, size_t size) { bytes.append(static_cast<const char*>(from), size); }
  void put(const std::string& text) {
    put(uint64_t{text.size()});
    put(text.data(), text.size());
  }
  template <class T>
  void put(const std::vector<T>& values) {
    put(uint64_t{values.size()});
    if constexpr (std::is_trivially_copyable_v<T>)
      put(values.data(), values.size() * sizeof(T));
    else
      for (const T& value : values) put(value);
  }
  template <class T>
  requires(!std::is_trivially_copyable_v<T>) void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <class T, class U>
  void put(const std::pair<T, U>& both) {
    (*this)(both.first, both.second);
  }
  template <class K, class T>
  void put(const std::map<K, T>& values) {
    put(uint64_t{values.size()});
    for (const auto& value : values) put(value);
  }
  template <int Rows, int Columns, int Options>
  void put(const Eigen::Matrix<double, Rows, Columns, Options>& matrix) {
    put(int64_t{matrix.rows()});
    put(int64_t{matrix.cols()});
    put(matrix.data(), static_cast<size_t>(matrix.size()) * sizeof(double));
  }
  template <class T>
  void put(const T& value) {
    if constexpr (std::is_trivially_copyable_v<T>)
      put(&value, sizeof value);
    else
      transfer(*this, const_cast<T&>(value));  // which does not change it here
  }
};

/// Takes values from bytes in the order in which a Packer has appended them. Throws Error (bug) if
/// there are too few bytes.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : bytes_(bytes) {}
  template <class... Values>
  void operator()(Values&... values) {
    (get(values), ...);
  }
  bool empty() const { return bytes_.empty(); }

 private:
  const char* take(uint64_t size) {
    if (size > bytes_.size()) throw Error(ErrorKind::bug, "bytes of another rank are cut short");
    const char* taken = bytes_.data();
    bytes_.remove_prefix(size);
    return taken;
  }
  template <class T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof value), sizeof value);
    return value;
  }
  void get(std::string& text) {
    const auto size = number<uint64_t>();
    text.assign(take(size), size);
  }
  template <class T>
  void get(std::vector<T>& values) {
    const auto count = number<uint64_t>();
    if (count > bytes_.size()) take(count);  // each value has a byte at least
    values.resize(count);
    if constexpr (std::is_trivially_copyable_v<T>) {
      const char* from = take(count * sizeof(T));
      if (count) std::memcpy(static_cast<void*>(values.data()), from, count * sizeof(T));
    } else {
      for (T& value : values) get(value);
    }
  }
  template <class T>
  requires(!std::is_trivially_copyable_v<T>) void get(std::optional<T>& value) {
    if (number<bool>()) get(value.emplace());
  }
  template <class T, class U>
  void get(std::pair<T, U>& both) {
    (*this)(both.first, both.second);
  }
  template <class K, class T>
  void get(std::map<K, T>& values) {
    for (auto left = number<uint64_t>(); left > 0; --left) {
      std::pair<K, T> value;
      get(value);
      values.insert(std::move(value));
    }
  }
  template <int Rows, int Columns, int Options>
  void get(Eigen::Matrix<double, Rows, Columns, Options>& matrix) {
    const auto rows = number<int64_t>();
    const auto columns = number<int64_t>();
    matrix.resize(rows, columns);
    const size_t size = static_cast<size_t>(matrix.size()) * sizeof(double);
    const char* from = take(size);
    if (size) std::memcpy(matrix.data(), from, size);
  }
  template <class T>
  void get(T& value) {
    if constexpr (std::is_trivially_copyable_v<T>)
      std::memcpy(static_cast<void*>(&value), take(sizeof value), sizeof value);
    else
      transfer(*this, value);
  }

  std::string_view bytes_;
};

/// The bytes of some values.
template <class... Values>
std::string packed(const Values&... values) {
  Packer packer;
  packer(values...);
  return std::move(packer.bytes);
}

/// Takes values from the bytes that packed() made of such values, into objects that are empty.
template <class... Values>
void unpack(std::string_view bytes, Values&... values) {
  Unpacker unpacker(bytes);
  unpacker(values...);
}

}  // namespace uhuru
#pragma GCC visibility pop
