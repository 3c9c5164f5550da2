#include "uhuru/httpd/event_loop.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "uhuru/base/error.hpp"

namespace uhuru {
namespace {

using std::chrono::milliseconds;
using Sent = Connection::Sent;

constexpr milliseconds grace{1000};  // for clients to take the end of an answer
constexpr milliseconds deaf{100};    // while there are no descriptors left

}  // namespace

EventLoop::EventLoop(const Listener& listener, const HttpLimits& limits, Service service)
    : listener_(listener),
      limits_(limits),
      service_(std::move(service)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      received_(65536),
      quick_([this](Connection& connection) { work(connection); }),
      slow_([this](Connection& connection) { work(connection); }) {
  if (!epoll_ || !wake_)
    throw input_error("cannot make a descriptor", "", "", std::strerror(errno));
  // Each write to an event's descriptor is told once, so that nobody need read it.
  epoll_event event{EPOLLIN | EPOLLET, {.ptr = &wake_}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
  event = {0, {.ptr = const_cast<Listener*>(&listener_)}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listener_.descriptor(), &event);
}

void EventLoop::end() {
  ending_ = true;
  wake();
}

void EventLoop::wake() const {
  const uint64_t one = 1;
  while (::write(wake_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void EventLoop::run() {
  // Some are for the catalog and for bodies in files.
  const size_t descriptors = most_descriptors();
  most_connections_ =
      std::min(limits_.connections, descriptors - std::min(descriptors / 4, size_t{256}));
  quick_.start(std::max<size_t>(limits_.quick_threads, 1), limits_.quick_waiting);
  slow_.start(std::max<size_t>(limits_.slow_threads, 1), limits_.slow_waiting);
  listen(true);
  std::array<epoll_event, 256> events;
  while (!ends_ || !in(Phase::working).empty() || !in(Phase::sending).empty() ||
         !in(Phase::leaving).empty()) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), timeout());
    now_ = Clock::now();
    take_back();
    for (int i = 0; i < count; ++i) {
      void* const what = events[i].data.ptr;
      if (what == &listener_)
        accept_new();
      else if (what != &wake_)
        handle(*static_cast<Connection*>(what));
    }
    expire();
    relieve();
    if (ending_ && !ends_) begin_end();
    in(Phase::closed).clear();
  }
  quick_.join();
  slow_.join();
}

milliseconds EventLoop::limit(Phase phase) const {
  switch (phase) {
    case Phase::idle:
      return limits_.idle;
    case Phase::head:
      return limits_.head;
    case Phase::body:
      return limits_.body;
    case Phase::sending:
      return ends_ ? grace : limits_.write_stall;
    case Phase::leaving:
      return grace;
    default:
      return milliseconds::max();
  }
}

/// Milliseconds until a connection has waited too long.
int EventLoop::timeout() const {
  milliseconds least = is_listening_ || ends_ ? milliseconds(60000) : deaf;
  const auto now = Clock::now();
  for (const Connections& connections : by_phase_) {
    if (connections.empty()) continue;
    const Connection& first = connections.front();
    const auto waited = std::chrono::duration_cast<milliseconds>(now - first.since);
    // What a worker gives back begins to wait unseen: it wakes nobody.
    least = std::min(
        least, first.phase == Phase::working
                   ? std::min(grace, limits_.idle)
                   : std::max(limit(first.phase) - waited, milliseconds(0)) + milliseconds(1));
  }
  return static_cast<int>(least.count());
}

/// Waits for one event; thread-safe.
void EventLoop::watch(Connection& connection, uint32_t events) const {
  epoll_event event{events | EPOLLONESHOT, {.ptr = &connection}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.socket.get(), &event);
}

void EventLoop::move(Connection& connection, Phase phase) {
  auto& to = in(phase);
  to.splice(to.end(), in(connection.phase), connection.place);
  connection.phase = phase;
  connection.since = now_;
}

/// Gives back what a request and its answer took.
void EventLoop::release(Connection& connection) {
  bodies_ -= std::exchange(connection.body_share, 0);
  answers_ -= std::exchange(connection.answer_share, 0);
  files_ -= std::exchange(connection.file_share, 0);
}

/// The object stays until no event can name it.
void EventLoop::close(Connection& connection) {
  connection.socket.close();
  heads_ -= std::exchange(connection.head_share, 0);
  release(connection);
  move(connection, Phase::closed);
  --open_;
}

void EventLoop::listen(bool on) {
  is_listening_ = on;
  epoll_event event{on ? EPOLLIN : 0U, {.ptr = const_cast<Listener*>(&listener_)}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, listener_.descriptor(), &event);
}

/// Closes the connection that has been without a whole request for longest, and at least for
/// `waited`, or takes nothing.
bool EventLoop::make_room(milliseconds waited) {
  for (const Phase phase :
       {Phase::leaving, Phase::idle, Phase::head, Phase::body, Phase::sending}) {
    if (in(phase).empty()) continue;
    Connection& first = in(phase).front();
    if (now_ - first.since < (phase == Phase::sending ? limits_.write_stall / 2 : waited)) continue;
    close(first);
    return true;
  }
  return false;
}

void EventLoop::accept_new() {
  // A few, so that those who are there already have their turn.
  for (int i = 0; i < 64; ++i) {
    Descriptor socket = listener_.accept();
    if (!socket) {
      const bool is_full =
          errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS;
      // Who has just come may have said already what it wants.
      if (is_full && !make_room(milliseconds(1000))) listen(false);
      return;
    }
    if (open_ >= most_connections_ && !make_room(milliseconds(0))) {
      const std::string answer = plain_answer(503).bytes;
      (void)::send(socket.get(), answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      continue;
    }
    Connections& idle = in(Phase::idle);
    Connection& connection =
        idle.emplace_back(std::move(socket), limits_.body_bytes, limits_.body_path);
    connection.place = std::prev(idle.end());
    connection.since = now_;
    ++open_;
    epoll_event event{EPOLLIN | EPOLLONESHOT, {.ptr = &connection}};
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, connection.socket.get(), &event) != 0)
      close(connection);
  }
}

void EventLoop::handle(Connection& connection) {
  if (connection.phase == Phase::closed) return;
  if (connection.phase == Phase::sending) return settle(connection, connection.send());
  // Little beyond a body: what is behind a request is held until that is answered.
  constexpr uint64_t few = 4096;
  constexpr size_t most_passed_over = size_t{1} << 20;
  const uint64_t most = std::max(few, connection.reader.body_left());
  const ssize_t got = ::recv(connection.socket.get(), received_.data(),
                             std::min<uint64_t>(most, received_.size()), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return watch(connection, EPOLLIN);
  if (got <= 0) return close(connection);
  const std::string_view bytes(received_.data(), static_cast<size_t>(got));
  if (connection.phase != Phase::leaving) return collect(connection, bytes);
  connection.passed_over += bytes.size();
  connection.passed_over < most_passed_over ? watch(connection, EPOLLIN) : close(connection);
}

void EventLoop::collect(Connection& connection, std::string_view bytes) {
  RequestReader& reader = connection.reader;
  while (!bytes.empty()) {
    const size_t taken = reader.take(bytes);
    bytes.remove_prefix(taken);
    const bool is_whole = reader.state() == RequestReader::State::whole;
    const size_t head = is_whole ? 0 : reader.head_bytes();
    heads_ += head - std::exchange(connection.head_share, head);
    if (connection.phase == Phase::body) {
      connection.body_share += taken;
      bodies_ += taken;
      if (bodies_ > limits_.bodies_bytes) return answer_plainly(connection, 503);
    }
    switch (reader.state()) {
      case RequestReader::State::refused:
        return answer_plainly(connection, reader.status());
      case RequestReader::State::whole:
        connection.rest = bytes;
        return hand_over(connection);
      case RequestReader::State::body:
        if (connection.phase != Phase::body && !begin_body(connection)) return;
        break;
      case RequestReader::State::head:
        if (connection.phase != Phase::head) move(connection, Phase::head);
        break;
      case RequestReader::State::waiting:
        break;
    }
  }
  watch(connection, EPOLLIN);
}

bool EventLoop::begin_body(Connection& connection) {
  if (bodies_ + connection.reader.body_left() > limits_.bodies_bytes) {
    answer_plainly(connection, 503);
    return false;
  }
  // It fits into the buffer of the socket, but for a client that took no answer before; that one
  // sends its body after a moment all the same.
  constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  if (connection.reader.expects_continue())
    (void)::send(connection.socket.get(), go_on.data(), go_on.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  move(connection, Phase::body);
  return true;
}

void EventLoop::hand_over(Connection& connection) {
  connection.request = connection.reader.request();
  connection.request.is_last |= ++connection.requests >= limits_.requests;
  Workers& workers = service_.is_slow(connection.request) ? slow_ : quick_;
  move(connection, Phase::working);
  if (!workers.add(connection)) answer_plainly(connection, 503);
}

void EventLoop::answer_plainly(Connection& connection, int status) {
  heads_ -= std::exchange(connection.head_share, 0);
  connection.reader = RequestReader();
  connection.answer = plain_answer(status);
  settle(connection, connection.send());
}

/// What comes next for a connection whose answer was sent so far.
void EventLoop::settle(Connection& connection, Sent sent) {
  if (sent == Sent::broken) return close(connection);
  if (sent == Sent::some) {
    if (connection.phase != Phase::sending || !ends_) move(connection, Phase::sending);
    connection.confirmed_bytes = connection.taken_bytes();
    return watch(connection, EPOLLOUT);
  }
  const bool is_last = connection.answer.is_last || ends_;
  release(connection);
  connection.request = {};
  connection.answer = {};
  connection.answer_sent = 0;
  if (is_last) return leave(connection);
  move(connection, Phase::idle);
  if (std::exchange(connection.is_watched, false)) return;
  const std::string rest = std::exchange(connection.rest, {});
  collect(connection, rest);
}

/// Ends a connection, and for a moment passes over what still comes: a client that has not sent all
/// of its request would otherwise lose the answer to it.
void EventLoop::leave(Connection& connection) {
  ::shutdown(connection.socket.get(), SHUT_WR);
  connection.rest = {};
  move(connection, Phase::leaving);
  watch(connection, EPOLLIN);
}

void EventLoop::work(Connection& connection) {
  connection.answer =
      answers_ > limits_.answers_bytes ? plain_answer(503) : service_.answer(connection.request);
  connection.request = {};
  bodies_ -= std::exchange(connection.body_share, 0);
  connection.answer_share = connection.answer.bytes_in_memory();
  answers_ += connection.answer_share;
  connection.file_share = connection.answer.file.use_count() == 1 ? connection.answer.length : 0;
  files_ += connection.file_share;
  connection.sent = connection.send();
  // Mostly the loop need not know at once: it hears of the next request, and looks now and then.
  const bool is_done = connection.sent == Sent::all && !connection.answer.is_last &&
                       connection.rest.empty() && !ending_;
  connection.is_watched = is_done;
  bool wakes = false;
  {
    // Given back and watched in one: else the loop could close it in between.
    const std::lock_guard lock(mutex_);
    returned_.push_back(&connection);
    if (is_done) watch(connection, EPOLLIN);
    wakes = !is_done && !std::exchange(is_woken_, true);
  }
  if (wakes) wake();
}

void EventLoop::take_back() {
  std::vector<Connection*> returned;
  {
    const std::lock_guard lock(mutex_);
    returned.swap(returned_);
    is_woken_ = false;
  }
  for (Connection* connection : returned) settle(*connection, connection->sent);
}

void EventLoop::expire() {
  if (!is_listening_ && !ends_) listen(true);
  for (const Phase phase :
       {Phase::idle, Phase::head, Phase::body, Phase::sending, Phase::leaving}) {
    Connections& waiting = in(phase);
    while (!waiting.empty() && now_ - waiting.front().since >= limit(phase)) {
      Connection& first = waiting.front();
      // A slow client takes bytes from the buffers of the system long before there is room in them.
      const uint64_t confirmed = phase == Phase::sending && !ends_ ? first.taken_bytes() : 0;
      if (confirmed <= first.confirmed_bytes) {
        close(first);
      } else {
        first.confirmed_bytes = confirmed;
        move(first, phase);
      }
    }
  }
}

/// Closes who has waited longest where together they take too much memory, or too much of the disk.
/// Of answers a quarter is left for those that are made meanwhile.
void EventLoop::relieve() {
  while (heads_ > limits_.heads_bytes)
    close(in(in(Phase::head).empty() ? Phase::body : Phase::head).front());
  constexpr size_t small = 65536;
  const size_t most = limits_.answers_bytes / 4 * 3;
  Connections& sending = in(Phase::sending);
  for (auto next = sending.begin(); next != sending.end() && answers_ > most;) {
    Connection& connection = *next++;
    if (connection.answer_share > small) close(connection);
  }
  for (auto next = sending.begin(); next != sending.end() && files_ > limits_.files_bytes;) {
    Connection& connection = *next++;
    if (connection.file_share > 0) close(connection);
  }
}

void EventLoop::begin_end() {
  ends_ = true;
  listen(false);
  for (Workers* workers : {&quick_, &slow_})
    for (Connection* connection : workers->end()) close(*connection);
  for (const Phase phase : {Phase::idle, Phase::head, Phase::body})
    while (!in(phase).empty()) close(in(phase).front());
  for (Connection& connection : in(Phase::sending)) connection.since = now_;
}

}  // namespace uhuru
