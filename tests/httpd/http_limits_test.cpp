// What clients may take of a server.
#include <gtest/gtest.h>

#include "httpd/http_serving.hpp"

namespace uhuru {
namespace {

using testing::becomes_true;
using testing::Client;
using testing::get;
using testing::HttpServing;

TEST_F(HttpServing, ClosesWhatIsTooSlowOrTooLarge) {
  start();
  const auto begin = std::chrono::steady_clock::now();
  Client idle(port());
  Client slow(port());
  EXPECT_EQ(idle.receive(), "");
  // One byte every 50 ms does not complete a head in 600 ms.
  bool open = true;
  for (int i = 0; i < 100 && open; ++i) {
    open = slow.send("x");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_FALSE(open);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
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
        std::string("GET /%00%zz%f0?a=%&&&=%25;%zz HTTP/1.1\r\nHost: a\r\n\r\n"),
        std::string("GET /x HTTP/1.1\r\nHost: a\r\nRange: bytes=99999999999999999999-,-\r\n\r\n"),
        std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8)})
    (void)answer(garbage);
  EXPECT_NE(answer("GET /x HTTP/1.0\r\n\r\n").find("hello"), std::string::npos);
}

TEST_F(HttpServing, RefusesBodiesThatAreTooMuchTogether) {
  limits_.bodies_bytes = 1500;
  start();
  const std::string head = "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n";
  Client first(port());
  first.send(head + std::string(999, 'a'));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const std::string refused = answer(head);
  EXPECT_EQ(refused.find("HTTP/1.1 503"), 0U) << refused;
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
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(answer("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").find("HTTP/1.1 503"), 0U);
  EXPECT_NE(answer("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").find("hello"),
            std::string::npos);
  let_slow_go_on();
  for (const auto& client : slow)
    EXPECT_NE(client->receive("slow").find("HTTP/1.1 200"), std::string::npos);
}

TEST_F(HttpServing, ClosesWhoTakesNothing) {
  start();
  Client one(port()), other(port());
  one.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  other.send("GET /text/100000000 HTTP/1.1\r\nHost: a\r\n\r\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(2000));
  EXPECT_LT(one.receive().size(), large_size / 4);
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
  // Clients that read nothing are disconnected, which frees space.
  EXPECT_TRUE(becomes_true([&] { return answer(get("/file/20000000")).size() > 20000000U; }));
  for (const auto& client : clients) EXPECT_LT(client->receive().size(), 20000000U);
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
  EXPECT_TRUE(becomes_true([&] { return answer(get("/text/20000000")).size() > 20000000U; }));
  for (const auto& client : clients) EXPECT_LT(client->receive().size(), 20000000U);
  EXPECT_EQ(answer(get("/text/40000000")).find("HTTP/1.1 500"), 0U);
}

TEST_F(HttpServing, BoundsTheTimeOfAnAnswer) {
  limits_.write_stall = std::chrono::milliseconds(800);
  limits_.write_bytes_per_second = 20000000;
  start();
  Client client(port());
  const auto begin = std::chrono::steady_clock::now();
  client.send(get("/text/40000000"));
  // The client reads something every few milliseconds, but not everything in 2.8 seconds.
  size_t taken = 0;
  for (size_t got = 1; got > 0; taken += got) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    got = client.take(10000);
  }
  EXPECT_LT(taken, 40000000U);
  EXPECT_GT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(1500));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8));
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
  for (int i = 0; i < 30; ++i) {
    clients.push_back(std::make_unique<Client>(port()));
    if (i % 2 == 0) clients.back()->send("GET /x HT");
  }
  EXPECT_NE(answer(get("/x")).find("hello"), std::string::npos);
}

TEST_F(HttpServing, DoesNotWorkForClientsThatHaveGone) {
  limits_.slow_threads = 1;
  start();
  {
    Client one(port()), other(port());
    one.send(get("/patient"));
    EXPECT_TRUE(becomes_true([&] { return slow_begun_ == 1; }));
    other.send(get("/patient"));  // waits for a thread
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
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
