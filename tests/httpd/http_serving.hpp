// A server with handlers for tests, and clients that send what they like.
#pragma once

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
#include "uhuru/httpd/http_server.hpp"
#include "uhuru/httpd/router.hpp"

namespace uhuru::testing {

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
  /// Receives until `end` or the end of the connection; waits at most a minute for more.
  std::string receive(const std::string& end = "") {
    std::string all;
    char bytes[4096];
    pollfd place{socket_.get(), POLLIN, 0};
    while (end.empty() || all.find(end) == std::string::npos) {
      if (::poll(&place, 1, 60000) <= 0) return all + " (timeout)";
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
inline std::string get(const std::string& path,
                       const std::string& headers = "Connection: close\r\n") {
  return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
}

/// Waits up to half a minute for a condition.
template <class Condition>
bool becomes_true(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return condition();
}

class HttpServing : public ::testing::Test {
 protected:
  HttpServing() : server_("127.0.0.1", 0) {
    router_.get("/x",
                [](const httpd::Request&) { return httpd::text_answer("text/plain", "hello"); });
    const std::string path = folder_ / "large";
    write_file(path, "");
    std::filesystem::resize_file(path, large_size);  // sparse
    const auto file = std::make_shared<const Descriptor>(::open(path.c_str(), O_RDONLY));
    router_.get("/large", [file](const httpd::Request&) {
      return httpd::file_answer("text/plain", file, large_size);
    });
    router_.get("/text/*", [](const httpd::Request& request) {
      return httpd::text_answer("text/plain", std::string(number_of(request), 'x'));
    });
    router_.get("/file/*", [this](const httpd::Request& request) {
      const std::string made = folder_ / "made";
      write_file(made, "");
      std::filesystem::resize_file(made, number_of(request));
      return httpd::file_answer("text/plain",
                                std::make_shared<const Descriptor>(::open(made.c_str(), O_RDONLY)),
                                number_of(request));
    });
    router_.get("/fails",
                [](const httpd::Request&) -> httpd::Answer { throw std::runtime_error("x"); });
    router_.add({.method = "GET",
                 .path = "/slow",
                 .handler =
                     [this](const httpd::Request&) {
                       ++slow_begun_;
                       slow_goes_on_.wait(false);
                       return httpd::text_answer("text/plain", "slow");
                     },
                 .is_slow = httpd::Route::always_slow});
    router_.add({.method = "GET",
                 .path = "/patient",  // runs until its answer is unwanted
                 .handler = [this](const httpd::Request& request) -> httpd::Answer {
                   ++slow_begun_;
                   becomes_true(request.is_unwanted);
                   ++stopped_;
                   request.check_wanted();
                   return httpd::text_answer("text/plain", "waited too long");
                 },
                 .is_slow = httpd::Route::always_slow});
    router_.add({.method = "POST",
                 .path = "/body",
                 .handler =
                     [](const httpd::Request& request) {
                       const io::SpooledFile* large = request.large_body.get();
                       const std::string bytes =
                           large ? testing::read_file(large->path()) : request.small_body;
                       return httpd::text_answer("text/plain",
                                                 std::to_string(bytes.size()) +
                                                     (large ? " in a file" : " bytes") + ", " +
                                                     bytes.substr(0, 5));
                     },
                 .max_body_bytes = 1000000});
    // Longer than any test, however slow the machine: a test of a limit sets that one.
    limits_.idle = limits_.head = limits_.write_stall = std::chrono::minutes(5);
  }
  ~HttpServing() override {
    let_slow_go_on();
    stop();
  }
  static size_t number_of(const httpd::Request& request) {
    return std::stoul(request.path.substr(request.path.rfind('/') + 1));
  }
  void let_slow_go_on() {
    slow_goes_on_ = true;
    slow_goes_on_.notify_all();
  }
  void start(const std::string& prefix = "") {
    thread_ = std::thread([this, prefix] {
      server_.run(
          {.answer = [this](const httpd::Request& request) { return router_.answer(request); },
           .is_slow =
               [this](const httpd::Request& request) {
                 const bool slow = router_.is_slow(request);
                 slow_received_ += slow;
                 return slow;
               },
           .max_body_bytes =
               [this](const httpd::Request& request) { return router_.max_body_bytes(request); },
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

  /// The server's only thread for quick requests has seen what other clients sent before.
  void let_server_catch_up() const {
    EXPECT_NE(answer(get("/x")).find("hello"), std::string::npos);
  }

  static constexpr size_t large_size = size_t{1} << 32;
  ScratchFolder folder_;
  httpd::HttpServer server_;
  httpd::Router router_;
  httpd::HttpLimits limits_;
  std::atomic<bool> slow_goes_on_ = false;
  std::atomic<int> slow_received_ = 0, slow_begun_ = 0, stopped_ = 0;
  std::thread thread_;
};

}  // namespace uhuru::testing
