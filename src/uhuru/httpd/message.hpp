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

namespace uhuru {

/// Thrown by handlers that stop because nobody waits for their answer any more.
struct Unwanted {};

/// A request that arrived whole.
struct Request {
  using Parameters = std::multimap<std::string, std::string>;

  std::string method;  // "GET"
  std::string path;    // decoded, without the query: "/source/A B"
  Parameters parameters;
  /// By lower-case name; repeated headers are joined by commas.
  std::map<std::string, std::string> headers;
  /// The body: in memory if it is small, else in a temporary file.
  std::string small_body;
  std::unique_ptr<SpooledFile> large_body;
  /// Whether nobody waits for the answer any more: the client has closed its connection, or the
  /// server ends. Thread-safe; cheap enough to be called a few thousand times a second.
  std::function<bool()> is_unwanted = [] { return false; };

  /// The value of a header; empty if there is none.
  const std::string& header(const std::string& lower_case_name) const;
  /// Throws Unwanted if nobody waits for the answer.
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
  /// Can be sought in and does not change. Sent without being held in memory.
  std::shared_ptr<const Descriptor> file = {};
  uint64_t file_size = 0;

  uint64_t size() const { return file ? file_size : text ? text->size() : 0; }
  /// Adds a header, unless there is one of this name.
  void add_header(const std::string& name, std::string value);
  /// Replaces a header of this name.
  void set_header(const std::string& name, std::string value);
};

Answer text_answer(const std::string& type, std::string text, int status = 200);
Answer file_answer(const std::string& type, std::shared_ptr<const Descriptor> file, uint64_t size);
/// "Error 404: there is no such page", as text; with Retry-After for 503.
Answer error_answer(int status, std::string_view explanation);
Answer error_answer(int status);

/// The bytes of an answer up to its body, with Content-Length, Date and Connection.
std::string answer_head(const Answer& answer, bool closes);

/// Undoes percent-encoding; what does not decode stays. `plus_is_blank`: as in a query.
std::string decode_percent(std::string_view text, bool plus_is_blank);
/// The parameters of a query "a=1&b=2"; names and values decoded.
Request::Parameters parse_query(std::string_view query);

}  // namespace uhuru
