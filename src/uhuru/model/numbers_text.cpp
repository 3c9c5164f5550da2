#include "uhuru/model/numbers_text.hpp"

#include <algorithm>
#include <cmath>

#include "uhuru/base/error.hpp"
#include "uhuru/io/base64.hpp"

namespace uhuru::model {

std::string NumberWriter::text() const {
  io::Base64Encoder encoder;
  std::string text;
  encoder.encode(bytes_, text);
  encoder.finish(text);
  std::erase(text, '\n');
  return text;
}

NumberReader::NumberReader(const ModelReader& reader, std::string_view text, std::string path)
    : reader_(reader), path_(std::move(path)) {
  try {
    io::Base64Decoder().decode(text, bytes_);
  } catch (const Error& error) {
    reader_.fail(path_, "base64", error.found());
  }
}

double NumberReader::number() {
  const auto value = take<double>();
  if (!std::isfinite(value)) fail("finite numbers");
  return value;
}

size_t NumberReader::count(size_t bytes) {
  const auto value = take<uint32_t>();
  if (value > (bytes_.size() - at_) / bytes) fail("more bytes");
  return value;
}

void NumberReader::finish() const {
  if (at_ != bytes_.size()) fail("fewer bytes");
}

}  // namespace uhuru::model
