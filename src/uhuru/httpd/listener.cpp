#include "uhuru/httpd/listener.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru {
namespace {

constexpr int backlog = 4096;

bool is_loopback_address(const in_addr& v4) { return (ntohl(v4.s_addr) >> 24) == 127; }

bool is_loopback_address(const in6_addr& v6) {
  // ::ffff:127.0.0.1 is 127.0.0.1.
  return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
}

bool is_loopback_address(const sockaddr_storage& address) {
  return address.ss_family == AF_INET
             ? is_loopback_address(reinterpret_cast<const sockaddr_in&>(address).sin_addr)
             : is_loopback_address(reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
}

int port_of(const sockaddr_storage& address) {
  return ntohs(address.ss_family == AF_INET
                   ? reinterpret_cast<const sockaddr_in&>(address).sin_port
                   : reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
}

}  // namespace

bool is_loopback_number(const std::string& address) {
  in_addr v4{};
  in6_addr v6{};
  return (inet_pton(AF_INET, address.c_str(), &v4) == 1 && is_loopback_address(v4)) ||
         (inet_pton(AF_INET6, address.c_str(), &v6) == 1 && is_loopback_address(v6));
}

size_t most_descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

void allow_most_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

Listener::Listener(const std::string& address, int port) {
  const std::string where = fmt::format("{} port {}", in_quotes(address), port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int code = getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (code != 0)
    throw Error(ErrorKind::usage, "unknown address", "", "a name or number of this machine",
                fmt::format("{} ({})", in_quotes(address), gai_strerror(code)));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(found, &freeaddrinfo);
  int failure = 0;
  for (const addrinfo* place = found; place; place = place->ai_next) {
    socket_ = Descriptor(::socket(
        place->ai_family, place->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, place->ai_protocol));
    const int yes = 1;
    // Without this, a port stays taken for a minute after the server that had it.
    if (socket_) setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (socket_ && ::bind(socket_.get(), place->ai_addr, place->ai_addrlen) == 0 &&
        ::listen(socket_.get(), backlog) == 0)
      break;
    failure = errno;
    socket_.close();
  }
  if (!socket_)
    throw Error(ErrorKind::usage, "cannot listen", where, "an address and a port that are free",
                std::strerror(failure));
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&own), &size);
  port_ = port_of(own);
  is_loopback_ = is_loopback_address(own);
}

Descriptor Listener::accept() const {
  Descriptor connection(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (connection) {
    const int yes = 1;
    setsockopt(connection.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    // Else the system holds megabytes for each client that does not take its answer.
    const int most_unsent = 131072;
    setsockopt(connection.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &most_unsent, sizeof most_unsent);
  }
  return connection;
}

}  // namespace uhuru
