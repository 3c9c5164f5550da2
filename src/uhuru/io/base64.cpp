#include "uhuru/io/base64.hpp"

#include <array>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru {
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

void Base64Decoder::decode(std::string_view text, std::string& bytes) {
  for (const char c : text) {
    const int value = values[static_cast<unsigned char>(c)];
    if (value < 0) {
      if (c == '=') ended_ = true;
      if (c == '=' || c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
      throw input_error("the base64 data is damaged", "STREAM",
                        "A-Z a-z 0-9 + / =", in_quotes(std::string_view(&c, 1)));
    }
    if (ended_) throw input_error("the base64 data is damaged", "STREAM", "its end after '='");
    bits_ = (bits_ << 6) | static_cast<uint32_t>(value);
    held_ += 6;
    if (held_ >= 8) {
      held_ -= 8;
      bytes += static_cast<char>((bits_ >> held_) & 0xff);
    }
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

}  // namespace uhuru
