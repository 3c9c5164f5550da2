#include "uhuru/httpd/connection.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

#include "uhuru/base/error.hpp"

namespace uhuru::httpd {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds grace{1000};  // for the client to receive the end of an answer and close
constexpr uint64_t max_in_memory = 65536;  // larger bodies are spooled to a file
constexpr size_t piece_bytes = 65536;      // read from a file at once

}  // namespace

Connection::Connection(HttpServer::Core& server, Socket socket)
    : server_(server),
      socket_(std::move(socket)),
      head_share_(server.heads),
      body_share_(server.bodies),
      answer_share_(server.answers),
      file_share_(server.files) {
  ErrorCode ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
  // Without this, the kernel buffers megabytes for each client that does not read its answer.
  const int most_unsent = 131072;
  ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &most_unsent,
               sizeof most_unsent);
  wait_for(Phase::idle, server.limits.idle);
  server_.add(*this);
}

Connection::~Connection() { server_.remove(*this); }

void Connection::start() { read(); }

void Connection::wait_for(Phase phase, Clock::duration most) {
  phase_ = phase;
  deadline_ = phase == Phase::working ? Clock::time_point::max() : Clock::now() + most;
}

void Connection::close() {
  ErrorCode ignored;
  socket_.close(ignored);
}

void Connection::expire() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    if (Clock::now() >= self->deadline()) self->close();
  });
}

void Connection::end() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->is_last_ = true;
    if (self->phase_ == Phase::sending)
      self->wait_for(Phase::sending, grace);
    else if (self->phase_ != Phase::working)
      self->close();
  });
}

void Connection::read() {
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](ErrorCode error) {
    if (error) return;
    // Little beyond a body: pipelined requests are buffered until the current one is answered.
    std::array<char, 65536> bytes;
    const uint64_t most = std::clamp<uint64_t>(self->body_left_, 4096, bytes.size());
    const size_t got = self->socket_.read_some(asio::buffer(bytes.data(), most), error);
    if (error == asio::error::would_block) return self->read();
    if (error) return self->close();
    if (self->phase_ != Phase::leaving) return self->collect({bytes.data(), got});
    constexpr size_t max_passed_over = size_t{1} << 20;
    if ((self->passed_over_ += got) < max_passed_over) self->read();
  });
}

/// Processes received bytes: the rest of a head, the rest of a body, and perhaps more requests.
void Connection::collect(std::string_view bytes) {
  if (body_left_ > 0) return collect_body(bytes);
  const size_t taken = reader_.take(bytes);
  bytes.remove_prefix(taken);
  head_share_.set(reader_.head_bytes());
  switch (reader_.state()) {
    case RequestReader::State::refused:
      return refuse(reader_.status());
    case RequestReader::State::incomplete:
      if (server_.heads > server_.limits.heads_bytes) return refuse(503);
      if (phase_ == Phase::idle && reader_.head_bytes() > 0)
        wait_for(Phase::head, server_.limits.head);
      return read();
    case RequestReader::State::whole:
      head_share_.set(0);
      if (begin_request()) collect_body(bytes);
  }
}

/// Returns false if the request is refused.
bool Connection::begin_request() {
  RequestHead head = reader_.take_head();
  request_ = std::move(head.request);
  request_.is_unwanted = [this] { return is_unwanted(); };
  const std::string& prefix = server_.service.prefix;
  if (!prefix.empty() && request_.path.starts_with(prefix) &&
      (request_.path.size() == prefix.size() || request_.path[prefix.size()] == '/'))
    request_.path = request_.path.substr(prefix.size());
  if (request_.path.empty()) request_.path = "/";
  body_bytes_ = body_left_ = head.body_bytes;
  is_last_ = head.is_last || ++requests_ >= server_.limits.requests || server_.ending;
  if (body_bytes_ > server_.service.max_body_bytes(request_)) return refuse(413), false;
  if (server_.bodies + body_bytes_ > server_.limits.bodies_bytes) return refuse(503), false;
  if (body_bytes_ == 0) return true;
  wait_for(Phase::body, server_.limits.body);
  // This fits into the socket's buffer unless the client has not read earlier answers; such a
  // client sends its body after a short wait anyway.
  constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  ErrorCode ignored;
  if (head.expects_continue) socket_.write_some(asio::buffer(go_on), ignored);
  return true;
}

void Connection::collect_body(std::string_view bytes) {
  const std::string_view part = bytes.substr(0, body_left_);
  try {
    if (body_bytes_ <= max_in_memory) {
      request_.small_body.append(part);
    } else {
      if (!request_.large_body) request_.large_body = std::make_unique<io::SpooledFile>();
      request_.large_body->write(part);
    }
  } catch (const Error&) {
    return refuse(500);  // the disk is full
  }
  body_left_ -= part.size();
  body_share_.set(body_bytes_ - body_left_);
  if (server_.bodies > server_.limits.bodies_bytes) return refuse(503);
  if (body_left_ > 0) return read();
  rest_ = bytes.substr(part.size());
  hand_over();
}

void Connection::hand_over() {
  wait_for(Phase::working, {});
  if (!server_.service.is_slow(request_)) return respond(make_answer());
  const HttpLimits& limits = server_.limits;
  if (++server_.slow_requests > limits.slow_threads + limits.slow_waiting) {
    --server_.slow_requests;
    return refuse(503);
  }
  asio::post(*server_.slow, [self = shared_from_this()] {
    auto answer = self->is_unwanted() ? std::nullopt : self->make_answer();
    --self->server_.slow_requests;
    asio::post(self->socket_.get_executor(),
               [self, answer = std::move(answer)]() mutable { self->respond(std::move(answer)); });
  });
}

/// The answer to the request; none if it is no longer wanted. Called by one thread, not necessarily
/// the strand's.
std::optional<Answer> Connection::make_answer() {
  const HttpLimits& limits = server_.limits;
  if (server_.answers > limits.answers_bytes) return error_answer(503);
  try {
    Answer answer = server_.service.answer(request_);
    if (answer.text && answer.text->size() > limits.answers_bytes) return error_answer(500);
    // A file shared with other answers does not count against this one.
    const bool is_own = answer.file.use_count() == 1;
    if (is_own && server_.files + answer.file_size > limits.files_bytes) return error_answer(503);
    return answer;
  } catch (const Unwanted&) {
    return std::nullopt;
  } catch (const std::exception&) {
    return error_answer(500);
  }
}

/// Called by the thread that computes the answer.
bool Connection::is_unwanted() {
  constexpr milliseconds upload{8000};
  if (server_.ending_for() > (body_bytes_ > 0 ? upload : grace)) return true;
  char byte = 0;
  const ssize_t got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

/// Answers with an error and closes the connection; the request may not have been read completely.
void Connection::refuse(int status) {
  is_last_ = true;
  body_left_ = 0;
  respond(error_answer(status));
}

void Connection::respond(std::optional<Answer> answer) {
  if (!answer) return close();
  answer_ = std::move(*answer);
  answer_.set_header("X-Content-Type-Options", "nosniff");
  head_ = answer_head(answer_, is_last_);
  length_ = request_.method == "HEAD" ? 0 : answer_.size();
  sent_ = 0;
  request_ = {};
  head_share_.set(0);
  body_share_.set(0);
  answer_share_.set(head_.size() + (answer_.text ? answer_.text->size() : 0));
  file_share_.set(answer_.file.use_count() == 1 ? answer_.file_size : 0);
  const HttpLimits& limits = server_.limits;
  answer_deadline_ = Clock::now() + limits.write_stall +
                     std::chrono::seconds((head_.size() + length_) / limits.write_bytes_per_second);
  wait_for(Phase::sending, server_.ending ? grace : limits.write_stall);
  send();
}

/// The next bytes of the answer's body; none at its end, or if its file cannot be read.
asio::const_buffer Connection::body_piece() {
  const uint64_t begin = sent_ - std::min<uint64_t>(sent_, head_.size());
  const uint64_t left = length_ - begin;
  if (left == 0) return {};
  constexpr uint64_t max_text = size_t{1} << 18;  // at once: other connections wait
  if (!answer_.file)
    return {answer_.text->data() + begin, static_cast<size_t>(std::min(left, max_text))};
  if (begin >= piece_begin_ + piece_.size() || begin < piece_begin_) {
    piece_.resize(std::min<uint64_t>(left, piece_bytes));
    piece_begin_ = begin;
    const ssize_t got =
        ::pread(answer_.file->get(), piece_.data(), piece_.size(), static_cast<off_t>(begin));
    piece_.resize(got > 0 ? static_cast<size_t>(got) : 0);
  }
  return asio::buffer(piece_) + static_cast<size_t>(begin - piece_begin_);
}

/// The deadline for the next bytes: the client must not stall, and must keep up a minimum rate.
Clock::time_point Connection::send_deadline() const {
  return std::min(Clock::now() + server_.limits.write_stall, answer_deadline_);
}

void Connection::send() {
  const std::array<asio::const_buffer, 2> parts = {asio::buffer(head_) + sent_, body_piece()};
  if (asio::buffer_size(parts) == 0) return sent_ == head_.size() + length_ ? finish() : close();
  socket_.async_write_some(parts, [self = shared_from_this()](ErrorCode error, size_t count) {
    if (error) return self->close();
    self->sent_ += count;
    if (!self->server_.ending) self->deadline_ = self->send_deadline();
    self->send();
  });
}

void Connection::finish() {
  answer_ = {};
  head_ = {};
  piece_ = {};
  answer_share_.set(0);
  file_share_.set(0);
  if (is_last_ || server_.ending) return leave();
  wait_for(Phase::idle, server_.limits.idle);
  if (rest_.empty()) return read();
  const std::string rest = std::exchange(rest_, {});
  collect(rest);
}

/// Ends the connection, but discards incoming bytes for a moment: a client that is still sending
/// its request would otherwise lose the answer.
void Connection::leave() {
  ErrorCode ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  rest_ = {};
  wait_for(Phase::leaving, grace);
  read();
}

}  // namespace uhuru::httpd
