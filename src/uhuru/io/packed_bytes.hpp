// Values as bytes, for the other ranks of a computation.
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

namespace uhuru::io {

/// Appends values to bytes. A struct is packed by `pack_members(packer, value)`, which calls the
/// packer with all its members.
class Packer {
 public:
  template <class... T>
  void operator()(const T&... values) {
    (put(values), ...);
  }
  std::string bytes;

 private:
  template <class T>
  void put(const T& value) {
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>)
      bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    else
      pack_members(*this, value);
  }
  void put(const std::string& text) {
    put(text.size());
    bytes += text;
  }
  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <class T, class U>
  void put(const std::pair<T, U>& both) {
    (*this)(both.first, both.second);
  }
  template <class T>
  void put(const std::vector<T>& values) {
    put(values.size());
    for (const T& value : values) put(value);
  }
  template <class K, class T>
  void put(const std::map<K, T>& values) {
    put(values.size());
    for (const auto& value : values) put(value);
  }
};

/// Takes the values from the bytes: see unpack.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : bytes_(bytes) {}
  template <class... T>
  void operator()(T&... values) {
    (take(values), ...);
  }

 private:
  template <class T>
  void take(T& value) {
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
      std::memcpy(&value, bytes_.data(), sizeof value);
      bytes_.remove_prefix(sizeof value);
    } else {
      pack_members(*this, value);
    }
  }
  size_t take_size() {
    size_t size = 0;
    take(size);
    return size;
  }
  void take(std::string& text) {
    const size_t size = take_size();
    text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
  }
  template <class T>
  void take(std::optional<T>& value) {
    bool has_value = false;
    take(has_value);
    if (has_value) take(value.emplace());
  }
  template <class T, class U>
  void take(std::pair<T, U>& both) {
    (*this)(both.first, both.second);
  }
  template <class T>
  void take(std::vector<T>& values) {
    for (size_t left = take_size(); left > 0; --left) take(values.emplace_back());
  }
  template <class K, class T>
  void take(std::map<K, T>& values) {
    for (size_t left = take_size(); left > 0; --left) {
      std::pair<K, T> value;
      take(value);
      values.insert(std::move(value));
    }
  }

  std::string_view bytes_;
};

/// Takes values from the bytes that a Packer made of such values, into objects that are empty.
template <class... T>
void unpack(std::string_view bytes, T&... values) {
  Unpacker unpacker(bytes);
  unpacker(values...);
}

}  // namespace uhuru::io
