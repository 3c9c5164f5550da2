// Base64 as used in VOTable streams, with white space anywhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace uhuru::io {

/// Decodes a base64 stream in pieces.
class Base64Decoder {
 public:
  /// Decodes `text` and appends the bytes. Throws Error (input) for an invalid character.
  void decode(std::string_view text, std::string& bytes);
  /// The same up to the first character that is not one of the 64, a blank, tab or line feed;
  /// returns the number of characters consumed and adds the line feeds among them to `lines`.
  size_t decode_plain(std::string_view text, std::string& bytes, size_t& lines);

 private:
  uint32_t bits_ = 0;
  int held_ = 0;  // number of pending bits in bits_
  bool ended_ = false;
};

/// Encodes a stream in pieces, in lines of 76 characters.
class Base64Encoder {
 public:
  void encode(std::string_view bytes, std::string& text);
  /// Writes the remaining bytes, with padding.
  void finish(std::string& text);

 private:
  void put(size_t bytes, std::string& text);
  unsigned char held_[3] = {};
  size_t count_ = 0;
  size_t column_ = 0;
};

}  // namespace uhuru::io
