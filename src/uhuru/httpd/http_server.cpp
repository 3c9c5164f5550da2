#include "uhuru/httpd/http_server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <thread>
#include <utility>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/httpd/addresses.hpp"
#include "uhuru/httpd/connection.hpp"
#include "uhuru/httpd/server_core.hpp"

namespace uhuru::httpd {
namespace {

using std::chrono::milliseconds;

constexpr int backlog = 4096;
constexpr milliseconds tick{100};

}  // namespace

HttpServer::Core::Core(const std::string& address, int wanted_port)
    : strand(asio::make_strand(io)), acceptor(strand), timer_(strand), accept_timer_(strand) {
  ErrorCode error;
  const auto places =
      tcp::resolver(io).resolve(address, std::to_string(wanted_port),
                                tcp::resolver::passive | tcp::resolver::numeric_service, error);
  if (error)
    throw Error(ErrorKind::usage, "unknown address", "", "a name or IP address of this machine",
                fmt::format("{} ({})", in_quotes(address), error.message()));
  for (const auto& place : places) {
    acceptor.close(error);
    acceptor.open(place.endpoint().protocol(), error);
    // Otherwise a port stays in use for a minute after its server has exited.
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(place.endpoint(), error);
    if (!error) acceptor.listen(backlog, error);
    if (error) continue;
    const auto own = acceptor.local_endpoint();
    port = own.port();
    is_loopback = is_loopback_number(own.address().to_string());
    return;
  }
  throw Error(ErrorKind::usage, "cannot listen",
              fmt::format("{} port {}", in_quotes(address), wanted_port),
              "an available address and port", error.message())
      .because(ErrorCause::system);
}

void HttpServer::Core::run(Service chosen_service, const HttpLimits& chosen_limits) {
  service = std::move(chosen_service);
  limits = chosen_limits;
  // Some are reserved for the catalog and for bodies in files.
  const size_t descriptors = max_descriptors();
  max_connections_ =
      std::min(limits.connections, descriptors - std::min(descriptors / 4, size_t{256}));
  slow.emplace(std::max<size_t>(limits.slow_threads, 1));
  asio::post(strand, [this] { accept(); });
  const auto serve = [this] {
    while (true) try {
        io.run();
        return;
      } catch (const std::exception&) {
        // Out of memory: the affected connection is closed.
      }
  };
  std::vector<std::thread> threads;
  try {
    threads.reserve(limits.quick_threads);
    for (size_t i = 1; i < limits.quick_threads; ++i) threads.emplace_back(serve);
  } catch (const std::exception&) {
    // No more threads or memory: those that there are do the work.
  }
  serve();
  for (std::thread& thread : threads) thread.join();
  slow->join();
}

void HttpServer::Core::end() {
  asio::post(strand, [this] {
    if (ending) return;
    end_ = Clock::now();
    ending = true;
    ErrorCode ignored;
    acceptor.close(ignored);
    accept_timer_.cancel();
    std::vector<std::shared_ptr<Connection>> all;
    {
      const std::lock_guard lock(mutex_);
      for (Connection* connection : connections_)
        if (auto held = connection->weak_from_this().lock()) all.push_back(std::move(held));
      release_work();
    }
    for (const auto& connection : all) connection->end();
  });
}

Clock::duration HttpServer::Core::ending_for() const {
  return ending ? Clock::now() - end_.load() : Clock::duration::zero();
}

void HttpServer::Core::add(Connection& connection) {
  const std::lock_guard lock(mutex_);
  connection.place = connections_.insert(connections_.end(), &connection);
  if (!work_) work_.emplace(asio::make_work_guard(io));
}

void HttpServer::Core::remove(Connection& connection) {
  const std::lock_guard lock(mutex_);
  connections_.erase(connection.place);
  release_work();
}

/// Requires that the list is locked.
void HttpServer::Core::release_work() {
  if (ending && connections_.empty()) work_.reset();
}

/// At the limit, new connections wait in the kernel's queue; idle ones are closed soon.
void HttpServer::Core::accept() {
  {
    const std::lock_guard lock(mutex_);
    if (connections_.size() >= max_connections_) return accept_later();
  }
  acceptor.async_accept(asio::make_strand(io), [this](ErrorCode error, Socket socket) {
    if (ending) return;
    if (error) return accept_later();  // out of descriptors
    // First of all: if there is no memory for this connection, others are still accepted.
    accept();
    std::make_shared<Connection>(*this, std::move(socket))->start();
    watch();
  });
}

void HttpServer::Core::accept_later() {
  accept_timer_.expires_after(tick);
  accept_timer_.async_wait([this](ErrorCode) {
    if (!ending) accept();
  });
}

/// Checks the deadlines periodically while there are connections.
void HttpServer::Core::watch() {
  if (std::exchange(is_watching_, true)) return;
  timer_.expires_after(tick);
  timer_.async_wait([this](ErrorCode) {
    is_watching_ = false;
    sweep();
    const std::lock_guard lock(mutex_);
    if (!connections_.empty()) watch();
  });
}

void HttpServer::Core::sweep() {
  std::vector<std::shared_ptr<Connection>> expired;
  {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    for (Connection* connection : connections_)
      if (now >= connection->deadline())
        if (auto held = connection->weak_from_this().lock()) expired.push_back(std::move(held));
  }
  for (const auto& connection : expired) connection->expire();
}

HttpServer::HttpServer(const std::string& address, int port)
    : core_(std::make_unique<Core>(address, port)) {}

HttpServer::~HttpServer() = default;

int HttpServer::port() const { return core_->port; }

bool HttpServer::is_loopback() const { return core_->is_loopback; }

void HttpServer::run(Service service, const HttpLimits& limits) {
  core_->run(std::move(service), limits);
}

void HttpServer::end() { core_->end(); }

}  // namespace uhuru::httpd
