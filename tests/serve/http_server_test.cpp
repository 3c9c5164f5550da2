// The server's connections: limits, many clients, the end.
#include "uhuru/serve/http_server.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::error_of;

/// A client that sends what it likes.
class Client {
 public:
  explicit Client(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  /// False where the server has closed.
  bool send(const std::string& text) {
    return ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
  }
  /// What comes until `end` or the end of the connection, at most ten seconds.
  std::string receive(const std::string& end = "") {
    std::string all;
    char bytes[4096];
    pollfd place{socket_.get(), POLLIN, 0};
    while (end.empty() || all.find(end) == std::string::npos) {
      if (::poll(&place, 1, 10000) <= 0) return all + " (nothing comes)";
      const ssize_t got = ::recv(socket_.get(), bytes, sizeof bytes, 0);
      if (got <= 0) break;
      all.append(bytes, static_cast<size_t>(got));
    }
    return all;
  }

 private:
  Descriptor socket_;
};

class HttpServing : public ::testing::Test {
 protected:
  HttpServing() : server_("127.0.0.1", 0) {
    server_.Get("/x", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("hello", "text/plain");
    });
    server_.Get("/large", [](const httplib::Request&, httplib::Response& response) {
      constexpr size_t size = size_t{1} << 32;
      response.set_content_provider(size, "text/plain",
                                    [](size_t, size_t length, httplib::DataSink& sink) {
                                      const std::string piece(std::min<size_t>(length, 65536), 'x');
                                      return sink.write(piece.data(), piece.size());
                                    });
    });
    server_.limits.idle = std::chrono::milliseconds(300);
    server_.limits.request = std::chrono::milliseconds(600);
    server_.limits.write_stall = std::chrono::milliseconds(500);
  }
  ~HttpServing() override { stop(); }
  void start() {
    thread_ = std::thread([this] { server_.run(); });
  }
  void stop() {
    server_.end();
    if (thread_.joinable()) thread_.join();
  }
  int port() const { return server_.listener().port(); }

  HttpServer server_;
  std::thread thread_;
};

TEST_F(HttpServing, AnswersSeveralRequestsOfAConnection) {
  start();
  Client client(port());
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(client.send("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    EXPECT_NE(client.receive("hello").find("HTTP/1.1 200"), std::string::npos);
  }
  // Two at once.
  client.send("GET /x HTTP/1.1\r\n\r\nHEAD /x HTTP/1.1\r\nConnection: close\r\n\r\n");
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
  // A byte every 50 ms is not a request in 600.
  bool open = true;
  for (int i = 0; i < 100 && open; ++i) {
    open = slow.send("x");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_FALSE(open);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  const auto answer = [&](const std::string& text) {
    Client client(port());
    client.send(text);
    return client.receive();
  };
  EXPECT_NE(answer("GET /" + std::string(9000, 'x') + " HTTP/1.1\r\n\r\n").find(" 414 "),
            std::string::npos);
  std::string headers = "GET /x HTTP/1.1\r\n";
  for (int i = 0; i < 10000; ++i) headers += "X-Header: some value\r\n";
  EXPECT_EQ(answer(headers + "\r\n").find(" 200 "), std::string::npos);
  EXPECT_EQ(
      answer("POST /x HTTP/1.1\r\nContent-Length: 1000000000000\r\n\r\n" + std::string(100000, 'x'))
          .find(" 200 "),
      std::string::npos);
  EXPECT_EQ(answer("POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n" +
                   std::string(100000, 'x'))
                .find(" 200 "),
            std::string::npos);
  for (const std::string& garbage :
       {std::string("\r\n\r\n"), std::string("\0\0\0\0\r\n\r\n", 8), std::string("GET\r\n\r\n"),
        std::string("GET / HTTP/9.9\r\n\r\n"), std::string(100, '\xff') + "\r\n\r\n",
        std::string("GET /%00%zz%f0?a=%&&&=%25;%zz HTTP/1.1\r\n\r\n"),
        std::string("GET /x HTTP/1.1\r\nRange: bytes=99999999999999999999-,-\r\n\r\n"),
        std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8)})
    (void)answer(garbage);
  EXPECT_NE(answer("GET /x HTTP/1.0\r\n\r\n").find("hello"), std::string::npos);
}

TEST_F(HttpServing, ServesManyAtOnce) {
  start();
  std::vector<std::unique_ptr<Client>> clients;
  clients.reserve(200);
  for (int i = 0; i < 200; ++i) clients.push_back(std::make_unique<Client>(port()));
  for (const auto& client : clients) client->send("GET /x HTTP/1.1\r\n");
  for (const auto& client : clients) client->send("Connection: close\r\n\r\n");
  for (const auto& client : clients) EXPECT_NE(client->receive().find("hello"), std::string::npos);
}

TEST_F(HttpServing, EndsThoughClientsAreThere) {
  start();
  Client idle(port());
  Client half(port());
  half.send("GET /x HT");
  Client greedy(port());  // asks for much and takes nothing
  greedy.send("GET /large HTTP/1.1\r\n\r\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto begin = std::chrono::steady_clock::now();
  stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
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
