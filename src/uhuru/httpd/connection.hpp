// One connection of the server. Private to httpd.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "uhuru/httpd/request_reader.hpp"
#include "uhuru/httpd/server_core.hpp"

namespace uhuru::httpd {

/// What a connection waits for.
enum class Phase {
  leaving,  // the client to close
  idle,     // a request
  head,     // the rest of its head
  body,     // the rest of its body
  sending,  // the client to read the answer
  working,  // the answer
};

/// Kept alive by its pending operations and destroyed with the last one. Its state belongs to its
/// strand, except the deadline, which the server reads.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(HttpServer::Core& server, Socket socket);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start();

  // Thread-safe.
  Clock::time_point deadline() const { return deadline_; }
  /// Closes the connection if its deadline has passed.
  void expire();
  /// Ends the connection because the server is shutting down.
  void end();

  std::list<Connection*>::iterator place;  // in the server's list

 private:
  void wait_for(Phase phase, Clock::duration most);
  void close();
  void read();
  void collect(std::string_view bytes);
  bool begin_request();
  void collect_body(std::string_view bytes);
  void hand_over();
  std::optional<Answer> make_answer();
  bool is_unwanted();
  void refuse(int status);
  void respond(std::optional<Answer> answer);
  void send();
  Clock::time_point send_deadline() const;
  asio::const_buffer body_piece();
  void finish();
  void leave();

  HttpServer::Core& server_;
  Socket socket_;
  Phase phase_ = Phase::idle;
  std::atomic<Clock::time_point> deadline_;
  Share head_share_, body_share_, answer_share_, file_share_;

  RequestReader reader_;
  Request request_;
  uint64_t body_bytes_ = 0, body_left_ = 0;
  std::string rest_;  // bytes received after the request
  bool is_last_ = false;
  size_t requests_ = 0;     // so far
  size_t passed_over_ = 0;  // bytes discarded while leaving

  Answer answer_;
  std::string head_;     // of the answer
  uint64_t length_ = 0;  // of its body
  uint64_t sent_ = 0;    // bytes of head and body
  std::string piece_;    // of its file
  uint64_t piece_begin_ = 0;
  Clock::time_point answer_deadline_;
};

}  // namespace uhuru::httpd
