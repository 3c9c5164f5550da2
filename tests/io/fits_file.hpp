// FITS files written card by card, for tests of the reader.
#pragma once

#include <fmt/format.h>

#include <cstring>
#include <iterator>
#include <string>
#include <vector>

namespace uhuru::testing {

/// The header and data of a unit, each padded to a multiple of 2,880 bytes. `cards` are
/// "NAME=value".
inline std::string fits_unit(const std::vector<std::string>& cards, std::string data = "") {
  std::string bytes;
  for (const std::string& card : cards) {
    const size_t equals = card.find('=');
    std::string one = equals == std::string::npos ? card
                                                  : fmt::format("{:<8}= {}", card.substr(0, equals),
                                                                card.substr(equals + 1));
    one.resize(80, ' ');
    bytes += one;
  }
  bytes += fmt::format("{:<80}", "END");
  bytes.resize((bytes.size() + 2879) / 2880 * 2880, ' ');
  data.resize((data.size() + 2879) / 2880 * 2880, '\0');
  return bytes + data;
}

inline std::string fits_primary() {
  return fits_unit({"SIMPLE=T", "BITPIX=8", "NAXIS=0", "EXTEND=T"});
}

/// A file with one table: `rows` holds all rows of `width` bytes, `heap` the arrays.
inline std::string fits_table(size_t width, const std::string& rows, std::vector<std::string> cards,
                              const std::string& heap = "", const std::string& kind = "BINTABLE") {
  std::vector<std::string> all = {
      fmt::format("XTENSION='{}'", kind),
      "BITPIX=8",
      "NAXIS=2",
      fmt::format("NAXIS1={}", width),
      fmt::format("NAXIS2={}", width ? rows.size() / width : 0),
      fmt::format("PCOUNT={}", heap.size()),
      "GCOUNT=1",
  };
  all.insert(all.end(), cards.begin(), cards.end());
  return fits_primary() + fits_unit(all, rows + heap);
}

/// The bytes of numbers, most significant first.
template <class T>
std::string big_endian(const std::vector<T>& numbers) {
  std::string bytes;
  for (const T number : numbers) {
    char raw[sizeof(T)];
    std::memcpy(raw, &number, sizeof(T));
    bytes += std::string(std::reverse_iterator(raw + sizeof(T)), std::reverse_iterator(raw));
  }
  return bytes;
}

}  // namespace uhuru::testing
