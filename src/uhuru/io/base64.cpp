#include "uhuru/io/base64.hpp"

#include <array>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru::io {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int8_t, 256> values = [] {
  std::array<int8_t, 256> table{};
  table.fill(-1);
  for (size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<int8_t>(i);
  return table;
}();

}  // namespace

size_t Base64Decoder::decode_plain(std::string_view text, std::string& bytes, size_t& lines) {
  if (ended_) return 0;
  std::array<char, 3072> buffer;
  size_t filled = 0;
  const auto value = [&](size_t i) {
    return static_cast<uint32_t>(values[static_cast<unsigned char>(text[i])]);
  };
  size_t at = 0;
  while (at < text.size()) {
    if (filled + 3 > buffer.size()) {
      bytes.append(buffer.data(), filled);
      filled = 0;
    }
    if (held_ == 0 && at + 4 <= text.size()) {
      const uint32_t a = value(at), b = value(at + 1), c = value(at + 2), d = value(at + 3);
      if ((a | b | c | d) < 64) {  // otherwise one of them is -1
        const uint32_t bits = (a << 18) | (b << 12) | (c << 6) | d;
        buffer[filled] = static_cast<char>(bits >> 16);
        buffer[filled + 1] = static_cast<char>(bits >> 8);
        buffer[filled + 2] = static_cast<char>(bits);
        filled += 3;
        at += 4;
        continue;
      }
    }
    const char c = text[at];
    if (c == '\n')
      ++lines;
    else if (const uint32_t six = value(at); six < 64) {
      bits_ = (bits_ << 6) | six;
      held_ += 6;
      if (held_ >= 8) {
        held_ -= 8;
        buffer[filled++] = static_cast<char>((bits_ >> held_) & 0xff);
      }
    } else if (c != ' ' && c != '\t') {
      break;
    }
    ++at;
  }
  bytes.append(buffer.data(), filled);
  return at;
}

void Base64Decoder::decode(std::string_view text, std::string& bytes) {
  size_t lines = 0;
  while (true) {
    text.remove_prefix(decode_plain(text, bytes, lines));
    if (text.empty()) return;
    const char c = text[0];
    text.remove_prefix(1);
    if (c == '=') ended_ = true;
    if (c == '=' || c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    if (values[static_cast<unsigned char>(c)] >= 0)
      throw input_error("the base64 data are corrupt", "STREAM", "the end of the data after '='");
    throw input_error("the base64 data are corrupt", "STREAM",
                      "A-Z a-z 0-9 + / =", in_quotes(std::string_view(&c, 1)));
  }
}

void Base64Encoder::put(size_t bytes, std::string& text) {
  const uint32_t bits =
      (static_cast<uint32_t>(held_[0]) << 16) | (static_cast<uint32_t>(held_[1]) << 8) | held_[2];
  for (size_t i = 0; i < 4; ++i) text += i <= bytes ? alphabet[(bits >> (18 - 6 * i)) & 63] : '=';
  column_ += 4;
  if (column_ == 76) {
    text += '\n';
    column_ = 0;
  }
}

void Base64Encoder::encode(std::string_view bytes, std::string& text) {
  for (const char c : bytes) {
    held_[count_++] = static_cast<unsigned char>(c);
    if (count_ < 3) continue;
    put(3, text);
    count_ = 0;
  }
}

void Base64Encoder::finish(std::string& text) {
  if (count_ == 0) return;
  for (size_t i = count_; i < 3; ++i) held_[i] = 0;
  put(count_, text);
  count_ = 0;
}

}  // namespace uhuru::io
