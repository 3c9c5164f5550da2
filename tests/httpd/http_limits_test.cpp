// What clients may take of a server.
#include <gtest/gtest.h>

#include "httpd/http_serving.hpp"

namespace uhuru {
namespace {

using testing::becomes_true;
using testing::Client;
using testing::get;
using testing::HttpServing;

TEST_F(HttpServing, ClosesWhatIsIdle) {
  limits_.idle = std::chrono::milliseconds(300);
  start();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(Client(port()).receive(), "");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, limits_.idle);
}

TEST_F(HttpServing, ClosesWhatIsTooSlow) {
  limits_.head = std::chrono::milliseconds(600);
  start();
  Client slow(port());
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(becomes_true([&] { return !slow.send("x"); }));  // a byte now and then
  EXPECT_GE(std::chrono::steady_clock::now() - begin, limits_.head);
}

TEST_F(HttpServing, RefusesWhatIsTooLargeOrNoRequest) {
  start();
  EXPECT_NE(answer("GET /" + std::string(9000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n").find(" 414 "),
            std::string::npos);
  std::string headers = "GET /x HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 10000; ++i) headers += "X-Header: some value\r\n";
  EXPECT_EQ(answer(headers + "\r\n").find(" 200 "), std::string::npos);
  EXPECT_EQ(answer("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000\r\n\r\n" +
                   std::string(100000, 'x'))
                .find(" 200 "),
            std::string::npos);
  EXPECT_EQ(
      answer(
          "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n" +
          std::string(100000, 'x'))
          .find(" 200 "),
      std::string::npos);
  for (const std::string& garbage :
       {std::string("\r\n\r\n"), std::string("\0\0\0\0\r\n\r\n", 8), std::string("GET\r\n\r\n"),
        std::string("GET / HTTP/9.9\r\n\r\n"), std::string(100, '\xff') + "\r\n\r\n",
        get("/%00%zz%f0?a=%&&&=%25;%zz"),
        get("/x", "Connection: close\r\nRange: bytes=99999999999999999999-,-\r\n"),
        std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8)})
    (void)answer(garbage);
  EXPECT_NE(answer("GET /x HTTP/1.0\r\n\r\n").find("hello"), std::string::npos);
}

TEST_F(HttpServing, RefusesBodiesThatAreTooMuchTogether) {
  limits_.bodies_bytes = 1500;
  start();
  const std::string head =
      "POST /body HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n";
  Client first(port());
  first.send(head + std::string(999, 'a'));
  const auto is_refused = [](const std::string& answer) {
    return answer.starts_with("HTTP/1.1 503");
  };
  EXPECT_TRUE(becomes_true([&] { return is_refused(answer(head + std::string(1000, 'b'))); }));
  const std::string refused = answer(head);
  EXPECT_TRUE(is_refused(refused)) << refused;
  EXPECT_NE(refused.find("Retry-After: "), std::string::npos);
  first.send("a");
  EXPECT_NE(first.receive("aaaaa").find("1000 bytes"), std::string::npos);
  EXPECT_NE(answer(head + std::string(1000, 'b')).find("1000 bytes"), std::string::npos);
}

TEST_F(HttpServing, SlowRequestsHoldNoQuickOnesUp) {
  limits_.slow_threads = 1;
  limits_.slow_waiting = 2;
  start();
  std::vector<std::unique_ptr<Client>> slow;
  for (int i = 0; i < 3; ++i) {  // one runs, two wait
    slow.push_back(std::make_unique<Client>(port()));
    // However the path is encoded.
    slow.back()->send(i == 1 ? "GET /%73low HTTP/1.1\r\nHost: a\r\n\r\n"
                             : "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  EXPECT_TRUE(becomes_true([&] { return slow_received_ == 3; }));
  EXPECT_EQ(answer("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").find("HTTP/1.1 503"), 0U);
  EXPECT_NE(answer("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").find("hello"),
            std::string::npos);
  let_slow_go_on();
  for (const auto& client : slow)
    EXPECT_NE(client->receive("slow").find("HTTP/1.1 200"), std::string::npos);
}

TEST_F(HttpServing, ClosesWhoTakesNothing) {
  limits_.write_stall = std::chrono::milliseconds(500);
  limits_.connections = 1;
  start();
  // The next connection is accepted before the limit is asked: there are two places.
  Client one(port()), other(port());
  one.send(get("/large"));
  other.send(get("/text/100000000"));
  Client next(port());
  next.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(next.receive("hello").find("hello"), std::string::npos);  // in the place of either
  EXPECT_NE(answer(get("/x")).find("hello"), std::string::npos);      // in that of the other
  EXPECT_LT(one.receive().size(), 100000000U);
  EXPECT_LT(other.receive().size(), 100000000U);
}

TEST_F(HttpServing, BoundsFilesThatAreNotTaken) {
  limits_.files_bytes = 50000000;
  start();
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 2; ++i) {
    clients.push_back(std::make_unique<Client>(port()));
    clients.back()->send(get("/file/20000000"));
    clients.back()->receive("HTTP/1.1 200");
  }
  EXPECT_EQ(answer(get("/file/20000000")).find("HTTP/1.1 503"), 0U);
  EXPECT_EQ(answer(get("/x")).find("HTTP/1.1 200"), 0U);
  clients.clear();
  EXPECT_TRUE(becomes_true([&] { return answer(get("/file/20000000")).size() > 20000000U; }));
}

TEST_F(HttpServing, BoundsWhatIsNotTaken) {
  limits_.answers_bytes = 30000000;
  start();
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 2; ++i) {
    clients.push_back(std::make_unique<Client>(port()));
    clients.back()->send(get("/text/20000000"));
    clients.back()->receive("HTTP/1.1 200");
  }
  const std::string refused = answer(get("/x"));
  EXPECT_EQ(refused.find("HTTP/1.1 503"), 0U);
  EXPECT_NE(refused.find("Retry-After: "), std::string::npos);
  clients.clear();
  EXPECT_TRUE(becomes_true([&] { return answer(get("/text/20000000")).size() > 20000000U; }));
  EXPECT_EQ(answer(get("/text/40000000")).find("HTTP/1.1 500"), 0U);
}

TEST_F(HttpServing, BoundsTheTimeOfAnAnswer) {
  limits_.write_stall = std::chrono::milliseconds(1500);
  limits_.write_bytes_per_second = 20000000;
  start();
  Client client(port());
  const auto begin = std::chrono::steady_clock::now();
  client.send(get("/text/40000000"));
  // The client reads something every few milliseconds, but not everything in 3.5 seconds.
  size_t taken = 0;
  for (size_t got = 1; got > 0; taken += got) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    got = client.take(10000);
  }
  EXPECT_LT(taken, 40000000U);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(3500));
}

TEST_F(HttpServing, BoundsWhatIsNotWhole) {
  limits_.heads_bytes = 10000;
  start();
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<Client>(port()));
    clients.back()->send("GET /x HTTP/1.1\r\nHost: a\r\nA: " + std::string(1000, 'x'));
  }
  const auto refused = [&] {
    return std::count_if(clients.begin(), clients.end(),
                         [](const auto& client) { return client->is_ended(); });
  };
  EXPECT_TRUE(becomes_true([&] { return refused() >= 10; }));
  EXPECT_TRUE(becomes_true([&] { return answer(get("/x")).find("hello") != std::string::npos; }));
}

TEST_F(HttpServing, NewConnectionsWaitUntilThereIsRoom) {
  limits_.connections = 10;
  start();
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 30; ++i) clients.push_back(std::make_unique<Client>(port()));
  clients[29]->send(get("/x"));
  clients[9]->send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(clients[9]->receive("hello").find("hello"), std::string::npos);
  EXPECT_FALSE(clients[29]->is_ended());
  clients.erase(clients.begin(), clients.begin() + 29);
  EXPECT_NE(clients[0]->receive().find("hello"), std::string::npos);
}

TEST_F(HttpServing, DoesNotWorkForClientsThatHaveGone) {
  limits_.slow_threads = 1;
  start();
  {
    Client one(port()), other(port());
    one.send(get("/patient"));
    EXPECT_TRUE(becomes_true([&] { return slow_begun_ == 1; }));
    other.send(get("/patient"));  // waits for a thread
    EXPECT_TRUE(becomes_true([&] { return slow_received_ == 2; }));
  }
  EXPECT_TRUE(becomes_true([&] { return stopped_ == 1; }));
  let_slow_go_on();
  EXPECT_NE(answer(get("/slow")).find("slow"), std::string::npos);
  EXPECT_EQ(slow_begun_, 2);
}

TEST_F(HttpServing, EndsAConnectionAfterManyRequests) {
  limits_.requests = 5;
  start();
  std::string requests;
  for (int i = 0; i < 8; ++i) requests += "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string answers = answer(requests);
  size_t count = 0;
  for (size_t at = answers.find("hello"); at != answers.npos; at = answers.find("hello", at + 1))
    ++count;
  EXPECT_EQ(count, 5U);
  EXPECT_NE(answers.find("Connection: close"), std::string::npos);
}

}  // namespace
}  // namespace uhuru
