#include "uhuru/serve/connection.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace uhuru {
namespace {

constexpr size_t read_bytes = 4096;
constexpr size_t write_bytes = 65536;

}  // namespace

bool Connection::wait(short events, Clock::time_point until) const {
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) return false;
    std::array<pollfd, 2> places{{{socket_, events, 0}, {stop_, POLLIN, 0}}};
    int ready = ::poll(places.data(), places.size(), static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    // A server that ends waits for no request, and not long for those who do not take an answer.
    constexpr int grace_ms = 1000;
    if (ready > 0 && places[0].revents == 0 && events == POLLOUT)
      ready = ::poll(places.data(), 1, grace_ms);
    return ready > 0 && places[0].revents != 0;
  }
}

bool Connection::fill(Clock::time_point until) {
  in_.resize(read_bytes);
  begin_ = 0;
  // Mostly the bytes are there already.
  ssize_t got = ::recv(socket_, in_.data(), in_.size(), MSG_DONTWAIT);
  while (got < 0 && (errno == EAGAIN || errno == EINTR) && wait(POLLIN, until))
    got = ::recv(socket_, in_.data(), in_.size(), MSG_DONTWAIT);
  in_.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return got > 0;
}

bool Connection::next_request() {
  if (broken_) return false;
  if (begin_ == in_.size() && !fill(Clock::now() + limits_.idle)) return false;
  left_ = limits_.request_bytes;
  until_ = Clock::now() + limits_.request;
  return true;
}

ssize_t Connection::read(char* bytes, size_t size) {
  if (left_ == 0 || broken_) return -1;
  if (begin_ == in_.size() && !fill(until_)) {
    broken_ = true;
    return -1;
  }
  const size_t count = std::min({size, in_.size() - begin_, left_});
  std::copy_n(in_.data() + begin_, count, bytes);
  begin_ += count;
  left_ -= count;
  return static_cast<ssize_t>(count);
}

ssize_t Connection::write(const char* bytes, size_t size) {
  if (broken_) return -1;
  if (out_.size() + size > write_bytes) {
    if (!flush() || !send(bytes, size)) return -1;
  } else {
    out_.append(bytes, size);
  }
  return static_cast<ssize_t>(size);
}

bool Connection::flush() {
  const bool sent = send(out_.data(), out_.size());
  out_.clear();
  return sent;
}

bool Connection::send(const char* bytes, size_t size) {
  while (size > 0 && !broken_) {
    const ssize_t sent = ::send(socket_, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      bytes += sent;
      size -= static_cast<size_t>(sent);
    } else if (!(sent < 0 && (errno == EAGAIN || errno == EINTR) &&
                 wait(POLLOUT, Clock::now() + limits_.write_stall))) {
      broken_ = true;
    }
  }
  return !broken_;
}

void Connection::finish() {
  ::shutdown(socket_, SHUT_WR);
  constexpr size_t most = size_t{1} << 20;
  const auto until = Clock::now() + std::chrono::seconds(1);
  for (size_t got = 0; got < most && fill(until);) got += in_.size();
}

// Nobody asks for the addresses.
void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

}  // namespace uhuru
