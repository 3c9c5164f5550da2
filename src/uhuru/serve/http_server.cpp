#include "uhuru/serve/http_server.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "uhuru/base/error.hpp"

namespace uhuru {

HttpServer::HttpServer(const std::string& address, int port)
    : listener_(address, port), stop_(eventfd(0, EFD_CLOEXEC)) {
  if (!stop_) throw input_error("cannot make a descriptor", "", "", std::strerror(errno));
  svr_sock_ = listener_.descriptor();  // httplib goes on sending while this is one
  set_payload_max_length(0);
}

void HttpServer::run() {
  while (Descriptor connection = listener_.accept(stop_.get())) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() == max_waiting) continue;
    waiting_.push_back(std::move(connection));
    if (idle_threads_ < waiting_.size() && threads_.size() < max_connections)
      threads_.emplace_back([this] { work(); });
    arrived_.notify_one();
  }
  svr_sock_ = INVALID_SOCKET;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    waiting_.clear();
  }
  arrived_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void HttpServer::end() {
  const uint64_t one = 1;
  while (::write(stop_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void HttpServer::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_threads_;
    arrived_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
    --idle_threads_;
    if (ending_) return;
    const Descriptor socket = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    serve(socket);
    lock.lock();
  }
}

void HttpServer::serve(const Descriptor& socket) {
  Connection connection(socket.get(), stop_.get(), limits);
  try {
    bool closed = false;
    while (!closed && connection.next_request()) {
      closed = !process_request(connection, false, closed, nullptr) || closed;
      if (!connection.flush()) return;
    }
    if (closed) connection.finish();
  } catch (const std::exception&) {
    // Not even an answer could be made: the client sees the connection end.
  }
}

}  // namespace uhuru
