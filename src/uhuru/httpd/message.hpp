// Requests and answers as handlers see them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "uhuru/base/descriptor.hpp"
#include "uhuru/io/byte_source.hpp"

#pragma GCC visibility push(default)
namespace uhuru::httpd {

/// Thrown by handlers that stop because their answer is no longer wanted.
struct Unwanted {};

/// A complete request.
struct Request {
  using Parameters = std::multimap<std::string, std::string>;

  std::string method;  // "GET"
  std::string path;    // decoded, without the query: "/source/A B"
  Parameters parameters;
  /// By lower-case name; repeated headers are joined by commas.
  std::map<std::string, std::string> headers;
  /// The body: in memory if it is small, otherwise in a temporary file.
  std::string small_body;
  std::unique_ptr<io::SpooledFile> large_body;
  /// Whether the answer is no longer wanted: the client has disconnected, or the server is shutting
  /// down. Cheap enough to call a few thousand times a second. Thread-safe.
  std::function<bool()> is_unwanted = [] { return false; };

  /// The value of a header; empty if there is none.
  const std::string& header(const std::string& lower_case_name) const;
  /// Throws Unwanted if the answer is no longer wanted.
  void check_wanted() const {
    if (is_unwanted()) throw Unwanted();
  }
};

/// An answer: a text, or the first `file_size` bytes of a file. Always whole: `Range` is ignored.
struct Answer {
  int status = 200;
  std::string type = {};  // media type; empty for an answer without a body
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::shared_ptr<const std::string> text = {};
  /// Must be seekable and must not change. Sent without being held in memory.
  std::shared_ptr<const Descriptor> file = {};
  uint64_t file_size = 0;

  uint64_t size() const { return file ? file_size : text ? text->size() : 0; }
  /// Adds a header unless one of this name exists.
  void add_header(const std::string& name, std::string value);
  /// Sets a header, replacing any of this name.
  void set_header(const std::string& name, std::string value);
};

Answer text_answer(const std::string& type, std::string text, int status = 200);
Answer file_answer(const std::string& type, std::shared_ptr<const Descriptor> file, uint64_t size);
/// A text such as "Error 404: there is no such page"; with Retry-After for 503.
Answer error_answer(int status, std::string_view explanation);
Answer error_answer(int status);

/// The bytes of an answer before its body, including Content-Length, Date and Connection.
std::string answer_head(const Answer& answer, bool closes);

/// Decodes percent-encoding; keeps invalid sequences. `plus_is_blank`: as in a query.
std::string decode_percent(std::string_view text, bool plus_is_blank);
/// The parameters of a query such as "a=1&b=2", with names and values decoded.
Request::Parameters parse_query(std::string_view query);

}  // namespace uhuru::httpd
#pragma GCC visibility pop
