// The bytes of a connection: request heads are read identically however the bytes are split, and
// answered. The first byte sets the size of the pieces.
#include <algorithm>
#include <vector>

#include "fuzz.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/httpd/request_reader.hpp"
#include "uhuru/httpd/router.hpp"

namespace {

using namespace uhuru;
using namespace uhuru::fuzz;
using State = httpd::RequestReader::State;

constexpr uint64_t max_body_bytes = 100000;

struct Outcome {
  std::vector<std::string> heads;
  int status = 0;
  bool operator==(const Outcome&) const = default;
};

void check_answer(const httpd::RequestHead& head) {
  static const httpd::Router router = [] {
    httpd::Router made;
    made.get("/", [](const httpd::Request&) { return httpd::text_answer("text/plain", "hello"); });
    made.get("/a/*", [](const httpd::Request&) { return httpd::error_answer(404); });
    return made;
  }();
  const httpd::Answer answer = router.answer(head.request);
  require(answer.status == 200 || answer.status == 204 || answer.status == 404 ||
              answer.status == 405 || answer.status == 501,
          "an expected status");
  const std::string text = httpd::answer_head(answer, head.is_last);
  require(text.starts_with("HTTP/1.1 ") && text.find("\r\n\r\n") + 4 == text.size(),
          "a complete head");
}

/// Everything that was read, as one string.
std::string text_of(const httpd::RequestHead& head) {
  const httpd::Request& request = head.request;
  std::string text = request.method + " " + request.path;
  for (const auto& [name, value] : request.parameters) text += "\n" + name + "=" + value;
  for (const auto& [name, value] : request.headers) text += "\n" + name + ":" + value;
  return text + "\n" + std::to_string(head.body_bytes) + (head.is_last ? " last" : "");
}

void check_head(const httpd::RequestHead& head) {
  const httpd::Request& request = head.request;
  require(!request.method.empty(), "a method");
  require(request.path.starts_with('/') || request.path == "*", "a path");
  for (const auto& [name, value] : request.headers) {
    require(!name.empty() && name == lower(name), "a lower-case header name");
    require(value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos,
            "a one-line header value");
  }
}

Outcome read(std::string_view bytes, size_t piece, bool answers) {
  httpd::RequestReader reader;
  Outcome outcome;
  while (!bytes.empty() && reader.state() != State::refused) {
    const size_t taken = reader.take(bytes.substr(0, piece));
    bytes.remove_prefix(taken);
    require(taken > 0, "a reader that makes progress");
    require(reader.head_bytes() <= httpd::RequestReader::max_head_bytes, "a bounded head");
    if (reader.state() != State::whole) continue;
    const httpd::RequestHead head = reader.take_head();
    check_head(head);
    if (answers) check_answer(head);
    outcome.heads.push_back(text_of(head));
    if (head.body_bytes > max_body_bytes) break;
    bytes.remove_prefix(std::min<uint64_t>(head.body_bytes, bytes.size()));
  }
  outcome.status = reader.status();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const Outcome whole = read(bytes, bytes.size(), true);
  require(read(bytes, size_t{data[0]} + 1, false) == whole, "the same outcome in pieces");
  return 0;
}
