#include "uhuru/io/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace uhuru::io {
namespace {

void put_utf8(std::string& out, uint32_t c) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((c >> shift) & 0x3f)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | (c >> 6));
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | (c >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | (c >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

/// The length of the well-formed character at `at`, or 0; its code point in `c`.
size_t character_at(std::string_view s, size_t at, uint32_t& c) {
  const auto byte = [&](size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0u; };
  const uint32_t first = byte(at);
  if (first < 0x80) {
    c = first;
    return 1;
  }
  const size_t length = first >= 0xf0 && first < 0xf5   ? 4
                        : first >= 0xe0 && first < 0xf0 ? 3
                        : first >= 0xc2 && first < 0xe0 ? 2
                                                        : 0;
  if (length == 0) return 0;
  c = first & (0x7fu >> length);
  for (size_t i = 1; i < length; ++i) {
    const uint32_t next = byte(at + i);
    if ((next & 0xc0) != 0x80) return 0;
    c = (c << 6) | (next & 0x3f);
  }
  const bool overlong = (length == 3 && c < 0x800) || (length == 4 && c < 0x10000);
  const bool no_character = c > 0x10ffff || (c >= 0xd800 && c < 0xe000);
  return overlong || no_character ? 0 : length;
}

}  // namespace

bool is_utf8(std::string_view bytes, bool* ascii) {
  bool only_ascii = true;
  bool good = true;
  for (size_t at = 0; at < bytes.size() && good;) {
    for (uint64_t eight = 0; at + 8 <= bytes.size(); at += 8) {  // ASCII, eight bytes at a time
      std::memcpy(&eight, bytes.data() + at, 8);
      if (eight & 0x8080808080808080u) break;
    }
    if (at == bytes.size()) break;
    uint32_t c = 0;
    const size_t length = character_at(bytes, at, c);
    good = length > 0;
    only_ascii = only_ascii && length == 1;
    at += length;
  }
  if (ascii) *ascii = only_ascii;
  return good;
}

std::string to_utf8(std::string_view bytes) {
  bytes = bytes.substr(0, bytes.find('\0'));
  if (is_utf8(bytes)) return std::string(bytes);
  std::string text;
  for (const char c : bytes) put_utf8(text, static_cast<unsigned char>(c));
  return text;
}

std::string_view to_utf8(std::string_view bytes, std::string& scratch) {
  if (is_utf8(bytes)) return bytes.substr(0, bytes.find('\0'));
  scratch = to_utf8(bytes);
  return scratch;
}

std::string ascii_of(std::string_view text) {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    uint32_t c = 0;
    const size_t length = character_at(text, at, c);
    const bool control = c < 0x20 && c != '\t' && c != '\n' && c != '\r';
    result += length == 1 && !control ? text[at] : '?';
    at += length ? length : 1;
  }
  return result;
}

std::string utf8_from_utf16be(std::string_view bytes) {
  std::string text;
  const auto unit = [&](size_t i) {
    return (static_cast<uint32_t>(static_cast<unsigned char>(bytes[i])) << 8) |
           static_cast<unsigned char>(bytes[i + 1]);
  };
  for (size_t i = 0; i + 1 < bytes.size(); i += 2) {
    uint32_t c = unit(i);
    if (c == 0) break;
    if (c >= 0xd800 && c < 0xe000) {
      const bool paired = c < 0xdc00 && i + 3 < bytes.size() && (unit(i + 2) & 0xfc00) == 0xdc00;
      c = paired ? 0x10000 + ((c - 0xd800) << 10) + (unit(i + 2) - 0xdc00) : 0xfffd;
      if (paired) i += 2;
    }
    put_utf8(text, c);
  }
  return text;
}

std::string utf16be_from_utf8(std::string_view text) {
  std::string bytes;
  const auto put = [&](uint32_t unit) {
    bytes += static_cast<char>(unit >> 8);
    bytes += static_cast<char>(unit & 0xff);
  };
  for (size_t at = 0; at < text.size();) {
    uint32_t c = 0;
    const size_t length = character_at(text, at, c);
    if (length == 0) c = 0xfffd;
    at += length ? length : 1;
    if (c >= 0x10000) {
      put(0xd800 + ((c - 0x10000) >> 10));
      put(0xdc00 + ((c - 0x10000) & 0x3ff));
    } else {
      put(c);
    }
  }
  return bytes;
}

}  // namespace uhuru::io
