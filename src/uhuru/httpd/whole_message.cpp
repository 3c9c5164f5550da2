#include "uhuru/httpd/whole_message.hpp"

#include <fmt/format.h>

namespace uhuru {
namespace {

struct Words {
  const char* reason;
  const char* explanation;
};

Words words(int status) {
  switch (status) {
    case 411:
      return {"Length Required", "the request does not say how long its body is"};
    case 413:
      return {"Payload Too Large", "the request is too large"};
    case 414:
      return {"URI Too Long", "the request is too large"};
    case 417:
      return {"Expectation Failed", "the request expects what is not known here"};
    case 431:
      return {"Request Header Fields Too Large", "the request is too large"};
    case 500:
      return {"Internal Server Error", "the answer cannot be made"};
    case 503:
      return {"Service Unavailable", "too much is asked for at once; ask again in a moment"};
    default:
      return {"Bad Request", "the request cannot be understood"};
  }
}

}  // namespace

WholeAnswer plain_answer(int status) {
  const auto [reason, explanation] = words(status);
  const std::string text = fmt::format("Error {}: {}\n", status, explanation);
  WholeAnswer answer;
  answer.bytes = fmt::format(
      "HTTP/1.1 {} {}\r\nConnection: close\r\nContent-Length: {}\r\nContent-Type: text/plain\r\n"
      "X-Content-Type-Options: nosniff\r\n{}\r\n{}",
      status, reason, text.size(), status == 503 ? "Retry-After: 5\r\n" : "", text);
  answer.is_last = true;
  return answer;
}

}  // namespace uhuru
