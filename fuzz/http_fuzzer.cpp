// Bytes received on a connection: the same requests are read from them however they are split, and
// answered. The first byte sets the size of the pieces.
#include <algorithm>
#include <vector>

#include "fuzz.hpp"
#include "uhuru/httpd/http_server.hpp"

namespace {

using namespace uhuru;
using namespace uhuru::fuzz;
using State = RequestReader::State;

constexpr uint64_t most_body_bytes = 100000;

struct Outcome {
  std::vector<std::string> requests;  // head and body
  int status = 0;
  bool operator==(const Outcome&) const = default;
};

std::string body_of(const WholeRequest& request) {
  if (!request.large_body) return request.small_body;
  const auto source = ByteSource::open(request.large_body->path());
  return read_text(*source, "body", most_body_bytes);
}

struct Server : HttpServer {
  Server() : HttpServer("127.0.0.1", 0) {
    Get("/", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("hello", "text/plain");
    });
    post("/", [](const httplib::Request&, httplib::Response& response) {
      response.set_content(std::to_string(body().size), "text/plain");
    });
  }
};

void check_answer(const WholeRequest& request) {
  static Server server;
  const WholeAnswer answer = server.answer(request);
  require(answer.bytes.starts_with("HTTP/1.1 "), "an answer");
  require(answer.bytes.find("\r\n\r\n") != std::string::npos, "an answer that is whole");
  require(!request.is_last || answer.is_last, "the end of a connection");
}

void check_request(const WholeRequest& request) {
  const std::string& head = request.head;
  require(head.size() <= RequestReader::most_head_bytes, "a bound of the head");
  require(head.find("\r\n\r\n") + 4 == head.size(), "one empty line, at the end of the head");
  require(head.find('\0') == std::string::npos, "no zero byte in a head");
  for (size_t at = 0; at < head.size(); ++at)
    require((head[at] == '\n') == (at > 0 && head[at - 1] == '\r'), "lines that end with CR LF");
  require(head.starts_with(request.method + " " + request.path), "a request line");
}

Outcome read(std::string_view bytes, size_t piece, bool answers) {
  RequestReader reader(most_body_bytes);
  Outcome outcome;
  while (!bytes.empty() && reader.state() != State::refused) {
    const size_t taken = reader.take(bytes.substr(0, piece));
    bytes.remove_prefix(taken);
    require(taken > 0, "a reader that takes something");
    if (reader.state() != State::whole) continue;
    const WholeRequest request = reader.request();
    check_request(request);
    if (answers) check_answer(request);
    outcome.requests.push_back(request.head + body_of(request));
  }
  outcome.status = reader.status();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const Outcome whole = read(bytes, bytes.size(), true);
  require(read(bytes, size_t{data[0]} + 1, false) == whole, "the same in pieces");
  return 0;
}
