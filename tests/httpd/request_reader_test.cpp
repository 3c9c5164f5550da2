// Reading requests from bytes that arrive in pieces.
#include "uhuru/httpd/request_reader.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "support/support.hpp"

namespace uhuru {
namespace {

using State = httpd::RequestReader::State;

/// The result of reading bytes in pieces of this size: a line for each head and for a refusal.
/// Bodies are skipped.
std::string outcome(const std::string& bytes, size_t piece) {
  httpd::RequestReader reader;
  std::string lines;
  for (size_t begin = 0; begin < bytes.size();) {
    const size_t taken = reader.take(std::string_view(bytes).substr(begin, piece));
    begin += taken;
    if (reader.state() == State::whole) {
      const httpd::RequestHead head = reader.take_head();
      lines += head.request.method + " " + head.request.path + (head.is_last ? " last" : "");
      for (const auto& [name, value] : head.request.parameters) lines += " " + name + "=" + value;
      if (head.body_bytes > 0) lines += " +" + std::to_string(head.body_bytes);
      if (head.expects_continue) lines += " waits";
      begin += head.body_bytes;
      lines += "\n";
    } else if (reader.state() == State::refused) {
      return lines + std::to_string(reader.status());
    } else if (taken == 0) {
      ADD_FAILURE() << "consumes nothing";
      return lines;
    }
  }
  return lines + (reader.head_bytes() == 0 ? "" : "...");
}

/// The same for all sizes of pieces.
std::string outcome(const std::string& bytes) {
  std::string at_once = outcome(bytes, bytes.size());
  for (const size_t piece : {1, 2, 3, 7, 64})
    EXPECT_EQ(outcome(bytes, piece), at_once) << bytes.substr(0, 100);
  return at_once;
}

const std::string get = "GET /x?y HTTP/1.1\r\nHost: a\r\n";
const std::string post = "POST /x HTTP/1.1\r\nHost: a\r\n";

std::string host_of(const std::string& text) {
  httpd::RequestReader reader;
  reader.take(text);
  EXPECT_EQ(reader.state(), State::whole) << text;
  return reader.state() == State::whole ? reader.take_head().request.header("host") : "";
}

TEST(RequestReader, CollectsWholeRequests) {
  EXPECT_EQ(outcome(get + "\r\n"), "GET /x y=\n");
  EXPECT_EQ(outcome("\r\n" + get + "\r\n" + get + "Connection: Close\r\n\r\n"),
            "GET /x y=\nGET /x last y=\n");
  EXPECT_EQ(outcome("GET / HTTP/1.0\r\n\r\n"), "GET / last\n");
  EXPECT_EQ(outcome("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"), "GET /\n");
  EXPECT_EQ(outcome(get + "Connection: upgrade , close\r\n\r\n"), "GET /x last y=\n");
  EXPECT_EQ(outcome(post + "Content-Length: 5\r\n\r\nab\r\n\r" + get + "\r\n"),
            "POST /x +5\nGET /x y=\n");
  EXPECT_EQ(outcome(post + "content-length:\t0\r\n\r\n"), "POST /x\n");
  EXPECT_EQ(outcome(post + "Content-Length: 7\r\nExpect: 100-Continue\r\n\r\n"),
            "POST /x +7 waits\n");
  EXPECT_EQ(outcome(get + "A:\r\nB: \xff\t\r\n\r\n"), "GET /x y=\n");
  EXPECT_EQ(outcome(get), "...");
}

TEST(RequestReader, DecodesPathsAndQueries) {
  const auto of = [](const std::string& target) {
    return outcome("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
  };
  EXPECT_EQ(of("/source/A%20B%2fC+D"), "GET /source/A B/C+D\n");
  EXPECT_EQ(of("/?a=1+2%3d&b&=c&&a=%zz%2"), "GET / =c a=1 2= a=%zz%2 b=\n");
  EXPECT_EQ(of("/%zz?x=a?b=c"), "GET /%zz x=a?b=c\n");
  EXPECT_EQ(of("http://b.example:80/x?y=1"), "GET /x y=1\n");
  EXPECT_EQ(of("HTTP://b"), "GET /\n");
  EXPECT_EQ(of("http://b?y=1"), "GET / y=1\n");
  EXPECT_EQ(of("*"), "400");
  EXPECT_EQ(of("x"), "400");
  EXPECT_EQ(of("ftp://b/x"), "400");
  EXPECT_EQ(outcome("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), "OPTIONS *\n");
}

TEST(RequestReader, KnowsWhomItIsFor) {
  EXPECT_EQ(outcome("GET / HTTP/1.1\r\n\r\n"), "400");
  EXPECT_EQ(outcome("GET http://b/ HTTP/1.1\r\n\r\n"), "400");
  EXPECT_EQ(host_of("GET / HTTP/1.0\r\n\r\n"), "");
  EXPECT_EQ(host_of("GET / HTTP/1.1\r\nHost:\r\n\r\n"), "");
  EXPECT_EQ(host_of("GET / HTTP/1.1\r\nHOST: a:1\r\n\r\n"), "a:1");
  EXPECT_EQ(host_of("GET http://b:2/ HTTP/1.1\r\nHost: a:1\r\n\r\n"), "b:2");
}

TEST(RequestReader, JoinsRepeatedHeaders) {
  httpd::RequestReader reader;
  reader.take(get + "Accept: a\r\nX: 1\r\nACCEPT: b\r\n\r\n");
  const httpd::RequestHead head = reader.take_head();
  EXPECT_EQ(head.request.header("accept"), "a, b");
  EXPECT_EQ(head.request.header("none"), "");
}

TEST(RequestReader, RefusesWhatCouldBeReadDifferently) {
  for (const std::string& bytes : {
           std::string("GET\r\n\r\n"),
           std::string("\r\n\r\n"),
           std::string("GET  HTTP/1.1\r\n\r\n"),
           std::string("GET /a b HTTP/1.1\r\n\r\n"),
           std::string("GET /a\tb HTTP/1.1\r\n\r\n"),
           std::string(" GET / HTTP/1.1\r\n"),
           std::string("G(T / HTTP/1.1\r\n\r\n"),
           std::string("GET / HTTP/1.1 \r\n\r\n"),
           std::string("GET / HTTP/2.0\r\n\r\n"),
           std::string("GET / http/1.1\r\n\r\n"),
           std::string("GET / HTTP/1.1\n"),
           std::string("GET / HTTP/1.1\r\r\n"),
           std::string("GET /\0 HTTP/1.1\r\n", 17),
           std::string("\x16\x03\x01\x02"),
           get + "A: b\n",
           get + "A: b\rC: d\r\n",
           get + "A: b\r\n c\r\n",
           get + "A: b\r\n\tc\r\n",
           get + " A: b\r\n",
           get + "A : b\r\n\r\n",
           get + ": b\r\n\r\n",
           get + "A\r\n\r\n",
           get + "A: \x01\r\n",
           get + "A: \x7f\r\n",
           get + std::string("A: b\0\r\n", 7),
           get + "Host: a\r\n\r\n",
           post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
           post + "Content-Length: 5\r\ncontent-length: 6\r\n\r\n",
           post + "Content-Length: 5, 5\r\n\r\n",
           post + "Content-Length: +5\r\n\r\n",
           post + "Content-Length: -5\r\n\r\n",
           post + "Content-Length: 0x5\r\n\r\n",
           post + "Content-Length: 5 5\r\n\r\n",
           post + "Content-Length:\r\n\r\n",
           post + "Content-Length: 99999999999999999999999\r\n\r\n",
           post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
           post + "Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\n",
       })
    EXPECT_EQ(outcome(bytes + get), "400") << bytes;
  EXPECT_EQ(outcome(post + "Transfer-Encoding: chunked\r\n\r\n"), "411");
  EXPECT_EQ(outcome(get + "Transfer-Encoding: x\r\n\r\n"), "411");
  EXPECT_EQ(outcome(post + "Expect: miracles\r\n\r\n"), "417");
}

TEST(RequestReader, RefusesControlBytesAtOnce) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool refused = (byte < 0x20 && c != '\t' && c != '\r') || byte == 0x7f;
    EXPECT_EQ(outcome(get + "A: b" + c), refused ? "400" : "...") << byte;
    const bool whole = !refused && c != '\r';
    EXPECT_EQ(outcome(get + "A: b" + c + "c\r\n\r\n"), whole ? "GET /x y=\n" : "400") << byte;
  }
}

TEST(RequestReader, RefusesWhatIsTooLarge) {
  // The largest head, and one character more.
  const auto head = [](size_t bytes) {
    const std::string end = "\r\n\r\n";
    std::string text = get + "X: ";
    return text + std::string(bytes - text.size() - end.size(), 'x') + end;
  };
  EXPECT_EQ(outcome(head(httpd::RequestReader::max_head_bytes)), "GET /x y=\n");
  EXPECT_EQ(outcome(head(httpd::RequestReader::max_head_bytes + 1)), "431");
  // The longest line with its end, and one character more.
  const auto line = [](size_t bytes) {
    const std::string begin = "GET /", end = " HTTP/1.1\r\n";
    return begin + std::string(bytes - begin.size() - end.size(), 'x') + end;
  };
  constexpr size_t most = httpd::RequestReader::max_line_bytes;
  EXPECT_NE(outcome(line(most) + "Host: a\r\n\r\n"), "414");
  EXPECT_EQ(outcome(line(most + 1) + "Host: a\r\n\r\n"), "414");
  EXPECT_EQ(outcome("GET /" + std::string(9000, 'x')), "414");
  EXPECT_EQ(outcome(get + "A: " + std::string(40000, 'x')), "431");
  EXPECT_EQ(outcome(get + "A: " + std::string(30000, 'x') + "\r\n\r\n"), "GET /x y=\n");
  std::string many = get;
  while (many.size() < 40000) many += "A: b\r\n";
  EXPECT_EQ(outcome(many), "431");
}

}  // namespace
}  // namespace uhuru
