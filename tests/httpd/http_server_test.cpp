// The server's connections: limits, many clients, shutdown.
#include "uhuru/httpd/http_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "support/support.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/httpd/addresses.hpp"
#include "uhuru/httpd/router.hpp"

namespace uhuru {
namespace {

using testing::error_of;
using testing::ScratchFolder;
using testing::write_file;

/// A client that sends arbitrary bytes.
class Client {
 public:
  explicit Client(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const sockaddr_in address = address_of(port);
    EXPECT_EQ(connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0);
  }
  /// Returns false if the server has closed the connection.
  bool send(const std::string& text) {
    return ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
  }
  /// Receives until `end` or the end of the connection; waits at most ten seconds for more.
  std::string receive(const std::string& end = "") {
    std::string all;
    char bytes[4096];
    pollfd place{socket_.get(), POLLIN, 0};
    while (end.empty() || all.find(end) == std::string::npos) {
      if (::poll(&place, 1, 10000) <= 0) return all + " (timeout)";
      const ssize_t got = ::recv(socket_.get(), bytes, sizeof bytes, 0);
      if (got <= 0) break;
      all.append(bytes, static_cast<size_t>(got));
    }
    return all;
  }
  /// Receives up to `most` bytes and returns how many; 0 at the end.
  size_t take(size_t most) {
    std::string bytes(most, '\0');
    return static_cast<size_t>(std::max<ssize_t>(0, ::recv(socket_.get(), bytes.data(), most, 0)));
  }
  static bool can_connect(int port) {
    const Descriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
    const sockaddr_in address = address_of(port);
    return connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  /// Whether the server has closed the connection or sent something.
  bool is_ended() const {
    pollfd place{socket_.get(), POLLIN, 0};
    return ::poll(&place, 1, 0) > 0;
  }

 private:
  static sockaddr_in address_of(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  Descriptor socket_;
};

/// A request for a path, by default the last of its connection.
std::string get(const std::string& path, const std::string& headers = "Connection: close\r\n") {
  return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
}

/// Waits up to ten seconds for a condition.
template <class Condition>
bool becomes_true(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return condition();
}

class HttpServing : public ::testing::Test {
 protected:
  HttpServing() : server_("127.0.0.1", 0) {
    router_.get("/x", [](const Request&) { return text_answer("text/plain", "hello"); });
    const std::string path = folder_ / "large";
    write_file(path, "");
    std::filesystem::resize_file(path, large_size);  // sparse
    const auto file = std::make_shared<const Descriptor>(::open(path.c_str(), O_RDONLY));
    router_.get("/large",
                [file](const Request&) { return file_answer("text/plain", file, large_size); });
    router_.get("/text/*", [](const Request& request) {
      return text_answer("text/plain", std::string(number_of(request), 'x'));
    });
    router_.get("/file/*", [this](const Request& request) {
      const std::string made = folder_ / "made";
      write_file(made, "");
      std::filesystem::resize_file(made, number_of(request));
      return file_answer("text/plain",
                         std::make_shared<const Descriptor>(::open(made.c_str(), O_RDONLY)),
                         number_of(request));
    });
    router_.get("/fails", [](const Request&) -> Answer { throw std::runtime_error("x"); });
    router_.add({.method = "GET",
                 .path = "/slow",
                 .handler =
                     [this](const Request&) {
                       ++slow_begun_;
                       slow_goes_on_.wait(false);
                       return text_answer("text/plain", "slow");
                     },
                 .is_slow = Route::always_slow});
    router_.add({.method = "GET",
                 .path = "/patient",  // runs until its answer is unwanted
                 .handler = [this](const Request& request) -> Answer {
                   ++slow_begun_;
                   becomes_true(request.is_unwanted);
                   ++stopped_;
                   request.check_wanted();
                   return text_answer("text/plain", "waited too long");
                 },
                 .is_slow = Route::always_slow});
    router_.add({.method = "POST",
                 .path = "/body",
                 .handler =
                     [](const Request& request) {
                       const SpooledFile* large = request.large_body.get();
                       const std::string bytes =
                           large ? testing::read_file(large->path()) : request.small_body;
                       return text_answer("text/plain", std::to_string(bytes.size()) +
                                                            (large ? " in a file" : " bytes") +
                                                            ", " + bytes.substr(0, 5));
                     },
                 .max_body_bytes = 1000000});
    limits_.idle = std::chrono::milliseconds(300);
    limits_.head = std::chrono::milliseconds(600);
    limits_.write_stall = std::chrono::milliseconds(500);
  }
  ~HttpServing() override {
    let_slow_go_on();
    stop();
  }
  static size_t number_of(const Request& request) {
    return std::stoul(request.path.substr(request.path.rfind('/') + 1));
  }
  void let_slow_go_on() {
    slow_goes_on_ = true;
    slow_goes_on_.notify_all();
  }
  void start(const std::string& prefix = "") {
    thread_ = std::thread([this, prefix] {
      server_.run({.answer = [this](const Request& request) { return router_.answer(request); },
                   .is_slow = [this](const Request& request) { return router_.is_slow(request); },
                   .max_body_bytes =
                       [this](const Request& request) { return router_.max_body_bytes(request); },
                   .prefix = prefix},
                  limits_);
    });
  }
  void stop() {
    server_.end();
    if (thread_.joinable()) thread_.join();
  }
  int port() const { return server_.port(); }

  /// The server's answer to these bytes, until the connection ends.
  std::string answer(const std::string& text) const {
    Client client(port());
    client.send(text);
    return client.receive();
  }

  static constexpr size_t large_size = size_t{1} << 32;
  ScratchFolder folder_;
  HttpServer server_;
  Router router_;
  HttpLimits limits_;
  std::atomic<bool> slow_goes_on_ = false;
  std::atomic<int> slow_begun_ = 0, stopped_ = 0;
  std::thread thread_;
};

TEST(Addresses, KnowWhatOnlyThisMachineCanReach) {
  for (const char* address : {"127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(is_loopback_number(address)) << address;
    try {
      EXPECT_TRUE(HttpServer(address, 0).is_loopback()) << address;
    } catch (const Error&) {  // a machine without IPv6
      EXPECT_NE(std::string(address).find(':'), std::string::npos);
    }
  }
  EXPECT_FALSE(HttpServer("0.0.0.0", 0).is_loopback());
  for (const char* address : {"", "127.", "127.1", "127.0.0.1.example", "127.example", "128.0.0.1",
                              "0.0.0.0", "::", "::2", "::ffff:10.0.0.1", "[::1]", "localhost"})
    EXPECT_FALSE(is_loopback_number(address)) << address;
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
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto begin = std::chrono::steady_clock::now();
  stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
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
  limits_.body = std::chrono::milliseconds(1000);
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
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  client.send("cdeGET /x HTTP/1.1\r\nHost: a\r\n\r\n" + post(3) + "123");
  const std::string three = client.receive("3 bytes, 123");
  EXPECT_LT(three.find("5 bytes, abcde"), three.find("hello"));
  // A body that never arrives.
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(answer(post(5) + "ab"), "");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4));
  // A path that accepts no body refuses it before it arrives.
  EXPECT_EQ(
      answer("POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n").find("HTTP/1.1 413"),
      0U);
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

TEST_F(HttpServing, AcceptsNothingAfterTheEnd) {
  start();
  Client client(port());
  client.send(get("/patient"));
  EXPECT_TRUE(becomes_true([&] { return slow_begun_ == 1; }));
  const auto begin = std::chrono::steady_clock::now();
  server_.end();
  EXPECT_TRUE(becomes_true([&] { return !Client::can_connect(port()); }));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(500));
  stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
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

TEST_F(HttpServing, SaysWhyItCannotListen) {
  const Error taken = error_of([&] { HttpServer("127.0.0.1", port()); });
  EXPECT_EQ(taken.kind(), ErrorKind::usage);
  EXPECT_NE(std::string(taken.what()).find("Address already in use"), std::string::npos);
  EXPECT_NE(std::string(taken.what()).find(std::to_string(port())), std::string::npos);
  EXPECT_EQ(error_of([&] { HttpServer("no.such.host.invalid", 0); }).kind(), ErrorKind::usage);
  EXPECT_NE(std::string(error_of([&] { HttpServer("192.0.2.1", 0); }).what()).find("192.0.2.1"),
            std::string::npos);
}

}  // namespace
}  // namespace uhuru
