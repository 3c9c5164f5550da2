// Requests collected from bytes that come in pieces.
#include "uhuru/httpd/request_reader.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "support/support.hpp"

namespace uhuru {
namespace {

using State = RequestReader::State;

/// What a reader makes of bytes that come in pieces of this size: a line for each request and for
/// a refusal.
std::string outcome(const std::string& bytes, size_t piece, uint64_t most_body = 100000) {
  RequestReader reader(most_body);
  std::string lines;
  for (size_t begin = 0; begin < bytes.size();) {
    const auto part = std::string_view(bytes).substr(begin, piece);
    const size_t taken = reader.take(part);
    begin += taken;
    if (reader.state() == State::whole) {
      const WholeRequest request = reader.request();
      lines += request.method + " " + request.path + (request.is_last ? " last" : "");
      if (!request.small_body.empty()) lines += " " + request.small_body;
      if (request.large_body) lines += " " + testing::read_file(request.large_body->path());
      lines += "\n";
    } else if (reader.state() == State::refused) {
      return lines + std::to_string(reader.status());
    } else if (taken == 0) {
      ADD_FAILURE() << "takes nothing";
      return lines;
    }
  }
  return lines + (reader.state() == State::waiting ? "" : "...");
}

/// The same whatever the pieces are.
std::string outcome(const std::string& bytes) {
  std::string at_once = outcome(bytes, bytes.size());
  for (const size_t piece : {1, 2, 3, 7, 64})
    EXPECT_EQ(outcome(bytes, piece), at_once) << bytes.substr(0, 100);
  return at_once;
}

const std::string get = "GET /x?y HTTP/1.1\r\n";
const std::string post = "POST /x HTTP/1.1\r\n";

TEST(RequestReader, CollectsWholeRequests) {
  EXPECT_EQ(outcome(get + "\r\n"), "GET /x\n");
  EXPECT_EQ(outcome("\r\n" + get + "Host: a\r\n\r\n" + get + "Connection: Close\r\n\r\n"),
            "GET /x\nGET /x last\n");
  EXPECT_EQ(outcome("GET / HTTP/1.0\r\n\r\n"), "GET / last\n");
  EXPECT_EQ(outcome("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"), "GET /\n");
  EXPECT_EQ(outcome(get + "Connection: upgrade , close\r\n\r\n"), "GET /x last\n");
  EXPECT_EQ(outcome(post + "Content-Length: 5\r\n\r\nab\r\n\r" + get + "\r\n"),
            "POST /x ab\r\n\r\nGET /x\n");
  EXPECT_EQ(outcome(post + "content-length:\t0\r\n\r\n"), "POST /x\n");
  EXPECT_EQ(outcome(get + "A:\r\nB: \xff\t\r\n\r\n"), "GET /x\n");
  EXPECT_EQ(outcome(get + "Host: a\r\n"), "...");
  const std::string large(70000, 'z');
  EXPECT_EQ(outcome(post + "Content-Length: 70000\r\n\r\n" + large), "POST /x " + large + "\n");
}

TEST(RequestReader, HeadSaysNothingOfTheBody) {
  RequestReader reader(10);
  const std::string text =
      post + "A: b\r\nContent-Length: 2\r\nExpect: 100-continue\r\nC: d\r\n\r\nab";
  const size_t head = reader.take(text);
  EXPECT_EQ(head, text.size() - 2);
  EXPECT_EQ(reader.state(), State::body);
  EXPECT_EQ(reader.body_left(), 2U);
  EXPECT_TRUE(reader.expects_continue());
  EXPECT_EQ(reader.take(text.substr(head)), 2U);
  EXPECT_EQ(reader.request().head, post + "A: b\r\nC: d\r\n\r\n");
  EXPECT_EQ(reader.state(), State::waiting);
  EXPECT_FALSE(reader.expects_continue());
}

TEST(RequestReader, RefusesWhatCouldBeReadDifferently) {
  for (const std::string& bytes : {
           std::string("GET\r\n"),
           std::string("\r\n\r\n"),
           std::string("GET  HTTP/1.1\r\n"),
           std::string("GET /a b HTTP/1.1\r\n"),
           std::string("GET /a\tb HTTP/1.1\r\n"),
           std::string(" GET / HTTP/1.1\r\n"),
           std::string("G(T / HTTP/1.1\r\n"),
           std::string("GET / HTTP/1.1 \r\n"),
           std::string("GET / HTTP/2.0\r\n"),
           std::string("GET / http/1.1\r\n"),
           std::string("GET / HTTP/1.1\n"),
           std::string("GET / HTTP/1.1\r\r\n"),
           std::string("GET /\0 HTTP/1.1\r\n", 17),
           std::string("\x16\x03\x01\x02"),
           get + "A: b\n",
           get + "A: b\rC: d\r\n",
           get + "A: b\r\n c\r\n",
           get + "A: b\r\n\tc\r\n",
           get + " A: b\r\n",
           get + "A : b\r\n",
           get + ": b\r\n",
           get + "A\r\n",
           get + "A: \x01\r\n",
           get + "A: \x7f\r\n",
           get + std::string("A: b\0\r\n", 7),
           get + "Host: a\r\nHost: a\r\n",
           post + "Content-Length: 5\r\nContent-Length: 5\r\n",
           post + "Content-Length: 5\r\ncontent-length: 6\r\n",
           post + "Content-Length: 5, 5\r\n",
           post + "Content-Length: +5\r\n",
           post + "Content-Length: -5\r\n",
           post + "Content-Length: 0x5\r\n",
           post + "Content-Length: 5 5\r\n",
           post + "Content-Length:\r\n",
           post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
           post + "Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\n",
       })
    EXPECT_EQ(outcome(bytes + get), "400") << bytes;
  EXPECT_EQ(outcome(post + "Transfer-Encoding: chunked\r\n\r\n"), "411");
  EXPECT_EQ(outcome(get + "Transfer-Encoding: x\r\n\r\n"), "411");
  EXPECT_EQ(outcome(post + "Expect: miracles\r\n"), "417");
}

TEST(RequestReader, RefusesWhatIsTooLarge) {
  EXPECT_EQ(outcome("GET /" + std::string(9000, 'x')), "414");
  EXPECT_EQ(outcome(get + "A: " + std::string(9000, 'x')), "431");
  std::string many = get;
  while (many.size() < 40000) many += "A: b\r\n";
  EXPECT_EQ(outcome(many), "431");
  EXPECT_EQ(outcome(post + "Content-Length: 100001\r\n\r\n"), "413");
  EXPECT_EQ(outcome(post + "Content-Length: 99999999999999999999999\r\n\r\n"), "413");
  EXPECT_EQ(outcome(post + "Content-Length: 1\r\n\r\n", 1000, 0), "413");
}

TEST(RequestReader, TakesBodiesOnlyWhereTheyAreWanted) {
  const std::string body = "Content-Length: 2\r\n\r\nab";
  for (const auto& [bytes, wanted] : {std::pair(post + body, true),
                                      {get + body, false},
                                      {"POST /y HTTP/1.1\r\n" + body, false}}) {
    RequestReader reader(100, "/x");
    reader.take(bytes);
    if (wanted) reader.take("ab");
    EXPECT_EQ(reader.state(), wanted ? RequestReader::State::whole : RequestReader::State::refused);
    EXPECT_EQ(reader.status(), wanted ? 0 : 413);
  }
}

}  // namespace
}  // namespace uhuru
