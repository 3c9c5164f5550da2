// A request as it came whole, and an answer as it will be sent.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "uhuru/base/descriptor.hpp"
#include "uhuru/io/byte_source.hpp"

namespace uhuru {

/// A whole request. Its body is in memory where it is small, else in a temporary file.
struct WholeRequest {
  std::string head;      // without the lines that say how the body comes, which is here already
  std::string method;    // "GET"
  std::string path;      // as it came, without query
  bool is_last = false;  // the connection ends after its answer
  std::string small_body;
  std::unique_ptr<SpooledFile> large_body;
};

/// An answer: bytes, then a part of a text or of a file.
struct WholeAnswer {
  std::string bytes;
  std::shared_ptr<const std::string> text;
  std::shared_ptr<const Descriptor> file;
  uint64_t offset = 0, length = 0;  // of the part that is not sent yet
  bool is_last = false;             // the connection ends after it

  size_t bytes_in_memory() const { return bytes.size() + (text ? text->size() : 0); }
};

/// An answer that needs nobody but the server itself: the status in words. The connection ends
/// after it.
WholeAnswer plain_answer(int status);

}  // namespace uhuru
