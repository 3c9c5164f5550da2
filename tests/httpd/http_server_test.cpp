// How a server answers, and how it ends.
#include <gtest/gtest.h>

#include "httpd/http_serving.hpp"

namespace uhuru {
namespace {

using testing::becomes_true;
using testing::Client;
using testing::error_of;
using testing::get;
using testing::HttpServing;

TEST(Addresses, KnowWhatOnlyThisMachineCanReach) {
  for (const char* address : {"127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(httpd::is_loopback_number(address)) << address;
    try {
      EXPECT_TRUE(httpd::HttpServer(address, 0).is_loopback()) << address;
    } catch (const Error&) {  // a machine without IPv6
      EXPECT_NE(std::string(address).find(':'), std::string::npos);
    }
  }
  EXPECT_FALSE(httpd::HttpServer("0.0.0.0", 0).is_loopback());
  for (const char* address : {"", "127.", "127.1", "127.0.0.1.example", "127.example", "128.0.0.1",
                              "0.0.0.0", "::", "::2", "::ffff:10.0.0.1", "[::1]", "localhost"})
    EXPECT_FALSE(httpd::is_loopback_number(address)) << address;
}

TEST_F(HttpServing, AnswersSeveralRequestsOfAConnection) {
  start();
  Client client(port());
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(client.send("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    EXPECT_NE(client.receive("hello").find("HTTP/1.1 200"), std::string::npos);
  }
  // Two requests at once.
  client.send(
      "GET /x HTTP/1.1\r\nHost: a\r\n\r\nHEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::string both = client.receive();
  EXPECT_NE(both.find("HTTP/1.1 200", 20), std::string::npos) << both;
  EXPECT_EQ(both.find("hello"), both.rfind("hello"));
}

TEST_F(HttpServing, ServesManyAtOnce) {
  start();
  std::vector<std::unique_ptr<Client>> clients;
  clients.reserve(200);
  for (int i = 0; i < 200; ++i) clients.push_back(std::make_unique<Client>(port()));
  for (const auto& client : clients) client->send("GET /x HTTP/1.1\r\nHost: a\r\n");
  for (const auto& client : clients) client->send("Connection: close\r\n\r\n");
  for (const auto& client : clients) EXPECT_NE(client->receive().find("hello"), std::string::npos);
}

TEST_F(HttpServing, EndsThoughClientsAreThere) {
  start();
  Client idle(port());
  Client half(port());
  half.send("GET /x HT");
  Client greedy(port());  // requests much and reads nothing
  greedy.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  greedy.receive("HTTP/1.1 200");
  const auto begin = std::chrono::steady_clock::now();
  stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::minutes(1));  // not five
}

TEST_F(HttpServing, AnswersWithWholeFilesAndTexts) {
  start();
  for (const std::string path : {"/large", "/text/3000000"}) {
    const std::string whole = path == "/large" ? std::to_string(large_size) : "3000000";
    const auto ask = [&](const std::string& method, const std::string& range) {
      return answer(fmt::format("{} {} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{}\r\n", method,
                                path, range));
    };
    // Ranges are ignored, whatever they are, even beyond the end.
    for (const char* asked : {"bytes=1000-2999999", "bytes=-5", "bytes=0-99999999", "bytes=0-1,5-6",
                              "bytes=99999999999-", "lines=0-1"}) {
      // The file is too large to download here.
      const bool takes = path != "/large";
      const std::string all = ask(takes ? "GET" : "HEAD", fmt::format("Range: {}\r\n", asked));
      EXPECT_EQ(all.find("HTTP/1.1 200"), 0U);
      EXPECT_NE(all.find("Accept-Ranges: none"), std::string::npos);
      EXPECT_NE(all.find("Content-Length: " + whole), std::string::npos);
      EXPECT_EQ(all.size() - all.find("\r\n\r\n") - 4, takes ? std::stoul(whole) : 0);
    }
    const std::string head = ask("HEAD", "");
    EXPECT_NE(head.find("Content-Length: " + whole), std::string::npos) << head;
    EXPECT_EQ(head.find("\r\n\r\n") + 4, head.size());
  }
}

TEST_F(HttpServing, AnswersWithNothing) {
  start();
  const std::string empty = answer("GET /text/0 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_NE(empty.find("Content-Length: 0\r\n"), std::string::npos) << empty;
}

TEST_F(HttpServing, BodiesAreThereBeforeTheirRequestIsAnswered) {
  start();
  const auto post = [](size_t size, const std::string& more = "") {
    return "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n" +
           more + "\r\n";
  };
  const std::string close = "Connection: close\r\n";
  EXPECT_NE(answer(post(0, close)).find("0 bytes, "), std::string::npos);
  EXPECT_NE(answer(post(7, close) + "abcdefg").find("7 bytes, abcde"), std::string::npos);
  const std::string large(1000000, 'y');
  EXPECT_NE(answer(post(large.size(), close) + large).find("1000000 in a file, yyyyy"),
            std::string::npos);
  EXPECT_EQ(answer(post(large.size() + 1)).find("HTTP/1.1 413"), 0U);
  // In pieces, after 100 Continue, followed by the next request.
  Client client(port());
  client.send(post(5, "Expect: 100-continue\r\n"));
  EXPECT_EQ(client.receive("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ab");
  let_server_catch_up();
  client.send("cdeGET /x HTTP/1.1\r\nHost: a\r\n\r\n" + post(3) + "123");
  const std::string three = client.receive("3 bytes, 123");
  EXPECT_LT(three.find("5 bytes, abcde"), three.find("hello"));
  // A path that accepts no body refuses it before it arrives.
  EXPECT_EQ(
      answer("POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n").find("HTTP/1.1 413"),
      0U);
}

TEST_F(HttpServing, ClosesWhoseBodyDoesNotArrive) {
  limits_.body = std::chrono::milliseconds(500);
  start();
  EXPECT_EQ(answer("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab"), "");
}

TEST_F(HttpServing, AcceptsNothingAfterTheEnd) {
  start();
  Client client(port()), other(port());
  client.send(get("/patient"));
  other.send(get("/slow"));  // still runs while no more is accepted
  EXPECT_TRUE(becomes_true([&] { return slow_begun_ == 2; }));
  server_.end();
  EXPECT_TRUE(becomes_true([&] { return !Client::can_connect(port()); }));
  EXPECT_TRUE(becomes_true([&] { return stopped_ == 1; }));
  let_slow_go_on();
  stop();
  EXPECT_EQ(client.receive(), "");
}

TEST_F(HttpServing, DropsAPrefixOfPaths) {
  start("/xray");
  for (const char* path : {"/x", "/xray/x", "/%78ray/x"})
    EXPECT_NE(answer(get(path)).find("hello"), std::string::npos) << path;
  for (const char* path : {"/xrayx", "/xray", "/xray/xray/x"})
    EXPECT_EQ(answer(get(path)).find("HTTP/1.1 404"), 0U) << path;
}

TEST_F(HttpServing, AnswersWhatFailsWith500) {
  start();
  EXPECT_EQ(answer(get("/fails")).find("HTTP/1.1 500"), 0U);
  EXPECT_EQ(answer(get("/x")).find("HTTP/1.1 200"), 0U);
}

TEST_F(HttpServing, SaysWhyItCannotListen) {
  const Error taken = error_of([&] { httpd::HttpServer("127.0.0.1", port()); });
  EXPECT_EQ(taken.kind(), ErrorKind::usage);
  EXPECT_NE(std::string(taken.what()).find("Address already in use"), std::string::npos);
  EXPECT_NE(std::string(taken.what()).find(std::to_string(port())), std::string::npos);
  EXPECT_EQ(error_of([&] { httpd::HttpServer("no.such.host.invalid", 0); }).kind(),
            ErrorKind::usage);
  EXPECT_NE(
      std::string(error_of([&] { httpd::HttpServer("192.0.2.1", 0); }).what()).find("192.0.2.1"),
      std::string::npos);
}

}  // namespace
}  // namespace uhuru
