// Collects an HTTP request from the bytes of a connection, however they come in pieces.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "uhuru/httpd/whole_message.hpp"

namespace uhuru {

/// One request after the other. What two readers could understand differently is refused: line ends
/// without CR, blanks before a colon, folded lines, control characters, a length that is said
/// twice. Not thread-safe.
class RequestReader {
 public:
  static constexpr size_t most_head_bytes = 32768;
  static constexpr size_t most_path_bytes = 1024;
  static constexpr size_t most_line_bytes = 8190;        // httplib takes no longer ones
  static constexpr size_t most_bytes_in_memory = 65536;  // larger bodies go to a file

  enum class State {
    waiting,  // for a first byte
    head,     // its lines are coming
    body,     // the head is whole
    whole,    // to be taken with request()
    refused,  // with status(); the connection cannot go on
  };

  /// `most_body_bytes`: larger ones are refused before they come. `body_path`: of the POST requests
  /// that may have one; empty: any request. It must outlive the reader.
  explicit RequestReader(uint64_t most_body_bytes = 0, std::string_view body_path = {})
      : most_body_bytes_(most_body_bytes), body_path_(body_path) {}

  /// Takes bytes up to the end of the head or of the request, whichever comes first, and returns
  /// how many: 0 only where the request is whole or refused.
  size_t take(std::string_view bytes);
  State state() const { return state_; }
  int status() const { return status_; }
  /// Bytes of the head so far, and of the body that are still to come.
  size_t head_bytes() const { return head_.size(); }
  uint64_t body_left() const { return body_left_; }
  /// Whether the client waits to be told that it may send the body.
  bool expects_continue() const { return expects_continue_ && !is_http_1_0_; }
  /// The whole request; the next can come.
  WholeRequest request();

 private:
  void refuse(int status);
  void end_line();
  void end_head();
  void read_request_line(std::string_view line);
  void read_header(std::string_view line);
  void read_length(std::string_view value);
  size_t take_body(std::string_view bytes);

  uint64_t most_body_bytes_;
  std::string_view body_path_;
  State state_ = State::waiting;
  int status_ = 0;
  std::string head_;
  size_t line_begin_ = 0;
  bool is_http_1_0_ = false, has_host_ = false, has_transfer_encoding_ = false;
  bool expects_continue_ = false, closes_ = false, keeps_alive_ = false;
  bool had_empty_line_ = false;
  std::optional<uint64_t> length_;
  uint64_t body_left_ = 0;
  WholeRequest request_;
};

}  // namespace uhuru
