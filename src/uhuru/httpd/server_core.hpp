// The state shared by a server's connections. Private to httpd.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "uhuru/httpd/http_server.hpp"

namespace uhuru::httpd {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using Strand = asio::strand<asio::io_context::executor_type>;
using Socket = asio::basic_stream_socket<tcp, Strand>;
using Clock = std::chrono::steady_clock;
using ErrorCode = boost::system::error_code;

class Connection;

/// A connection's share of a total over all connections; released on destruction.
class Share {
 public:
  explicit Share(std::atomic<uint64_t>& total) : total_(total) {}
  ~Share() { set(0); }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;

  void set(uint64_t amount) { total_ += amount - std::exchange(own_, amount); }

 private:
  std::atomic<uint64_t>& total_;
  uint64_t own_ = 0;
};

/// Accepts connections, enforces their deadlines and common limits, and ends them.
///
/// Each connection has a strand, so its code never runs in two threads at once. The acceptor and
/// the timers share another strand. Only the list of connections is locked.
class HttpServer::Core {
 public:
  Core(const std::string& address, int wanted_port);

  void run(Service chosen_service, const HttpLimits& chosen_limits);
  void end();

  // For connections.
  void add(Connection& connection);
  void remove(Connection& connection);
  /// The time since end() was called; zero if it was not.
  Clock::duration ending_for() const;

  asio::io_context io;
  Strand strand;
  asio::basic_socket_acceptor<tcp, Strand> acceptor;
  int port = 0;
  bool is_loopback = false;
  HttpLimits limits;
  Service service;
  std::atomic<uint64_t> heads = 0, bodies = 0, answers = 0, files = 0;
  std::atomic<bool> ending = false;
  std::atomic<size_t> slow_requests = 0;  // waiting or in progress
  std::optional<asio::thread_pool> slow;

 private:
  void accept();
  void accept_later();
  void watch();
  void sweep();
  void release_work();

  asio::steady_timer timer_, accept_timer_;
  std::atomic<Clock::time_point> end_ = Clock::time_point();
  bool is_watching_ = false;
  size_t max_connections_ = 0;
  std::mutex mutex_;
  std::list<Connection*> connections_;
  /// Keeps the threads running while a connection waits only for a slow thread.
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
};

}  // namespace uhuru::httpd
