// Big-endian numbers, as in FITS and the binary serialisations of VOTable.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace uhuru::io {

/// Reads the number whose bytes, most significant first, start at `bytes`.
template <class T>
T from_big_endian(const char* bytes) {
  T value;
  if constexpr (sizeof(T) == 1 || std::endian::native == std::endian::big) {
    std::memcpy(&value, bytes, sizeof(T));
    return value;
  } else {
    using Bits = std::conditional_t<sizeof(T) == 8, uint64_t,
                                    std::conditional_t<sizeof(T) == 4, uint32_t, uint16_t>>;
    Bits bits;
    std::memcpy(&bits, bytes, sizeof(T));
    if constexpr (sizeof(T) == 8) bits = __builtin_bswap64(bits);
    if constexpr (sizeof(T) == 4) bits = __builtin_bswap32(bits);
    if constexpr (sizeof(T) == 2) bits = __builtin_bswap16(bits);
    return std::bit_cast<T>(bits);
  }
}

/// Writes the number to `bytes`, most significant byte first.
template <class T>
void to_big_endian(T value, char* bytes) {
  const T swapped = from_big_endian<T>(reinterpret_cast<const char*>(&value));
  std::memcpy(bytes, &swapped, sizeof(T));
}

/// Copies `rows` cells of `cell` numbers each, one starting every `stride` bytes.
template <class T>
void decode_big_endian(const char* bytes, size_t stride, size_t rows, size_t cell, T* values) {
  if (cell == 1) {
    for (size_t row = 0; row < rows; ++row) values[row] = from_big_endian<T>(bytes + row * stride);
    return;
  }
  for (size_t row = 0; row < rows; ++row)
    for (size_t k = 0; k < cell; ++k)
      *values++ = from_big_endian<T>(bytes + row * stride + k * sizeof(T));
}

}  // namespace uhuru::io
