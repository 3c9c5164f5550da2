// Reads the heads of HTTP requests from the bytes of a connection, however they are split.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "uhuru/httpd/message.hpp"

namespace uhuru::httpd {

/// The head of a request, and what it says about its body and its connection.
struct RequestHead {
  Request request;
  uint64_t body_bytes = 0;
  bool expects_continue = false;  // the client waits for 100 before sending the body
  bool is_last = false;           // the connection closes after the answer
};

/// Reads the heads of successive requests. Boost.Beast parses each complete head; anything that two
/// parsers could read differently is refused: line ends without CR, folded lines, control
/// characters, repeated lengths or hosts. Not thread-safe. Source: RFC 9112.
class RequestReader {
 public:
  static constexpr size_t max_head_bytes = 32768;
  static constexpr size_t max_line_bytes = 8190;  // of the request line

  enum class State { incomplete, whole, refused };

  /// Consumes bytes up to the end of the head; how they are split does not affect the outcome.
  /// Returns the number consumed.
  size_t take(std::string_view bytes);
  State state() const { return state_; }
  /// The HTTP status for a refused request, after which the connection cannot be used.
  int status() const { return status_; }
  /// Bytes of the head read so far.
  size_t head_bytes() const { return head_.size(); }
  /// Returns the complete head; the reader is then ready for the next one.
  RequestHead take_head();

 private:
  void refuse(int status);
  void take(char c);
  void end_line();
  void parse();

  State state_ = State::incomplete;
  int status_ = 0;
  std::string head_;
  size_t line_begin_ = 0;
  bool had_empty_line_ = false;
  RequestHead parsed_;
};

}  // namespace uhuru::httpd
