// Base64 as VOTable streams use it: white space anywhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace uhuru {

/// Decodes a stream of base64 that comes in pieces.
class Base64Decoder {
 public:
  /// Appends what `text` decodes to. Throws Error (input) for a character that is none of base64.
  void decode(std::string_view text, std::string& bytes);
  /// The same up to the first character that is neither of the 64 nor a blank, tab or line feed;
  /// returns how many characters that took and adds the line feeds among them to `lines`.
  size_t decode_plain(std::string_view text, std::string& bytes, size_t& lines);

 private:
  uint32_t bits_ = 0;
  int held_ = 0;  // bits of bits_ not yet handed over
  bool ended_ = false;
};

/// Encodes a stream that comes in pieces, in lines of 76 characters.
class Base64Encoder {
 public:
  void encode(std::string_view bytes, std::string& text);
  /// Writes what is left, with padding.
  void finish(std::string& text);

 private:
  void put(size_t bytes, std::string& text);
  unsigned char held_[3] = {};
  size_t count_ = 0;
  size_t column_ = 0;
};

}  // namespace uhuru
