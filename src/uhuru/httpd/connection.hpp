// One connection of the server.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>

#include "uhuru/httpd/listener.hpp"
#include "uhuru/httpd/request_reader.hpp"

namespace uhuru {

/// What a connection waits for.
enum class Phase {
  idle,     // a request
  head,     // the rest of its head
  body,     // the rest of its body
  working,  // a worker
  sending,  // that the client takes the answer
  leaving,  // that the client closes
  closed,   // nothing
};
constexpr size_t phase_count = 7;

/// A connection belongs to the loop or, in Phase::working, to the worker that has its request; only
/// `place`, `phase` and `since` are always the loop's.
struct Connection {
  using Clock = std::chrono::steady_clock;
  enum class Sent { all, some, broken };

  Connection(Descriptor connected, uint64_t most_body_bytes, std::string_view body_path)
      : socket(std::move(connected)), reader(most_body_bytes, body_path) {}

  /// Sends of the answer what the client takes, up to a bound: others wait too. Never blocks.
  Sent send();
  /// Bytes that the client's machine has confirmed.
  uint64_t taken_bytes() const;

  std::list<Connection>::iterator place;
  Phase phase = Phase::idle;
  Clock::time_point since;

  Descriptor socket;
  RequestReader reader;
  std::string rest;  // what came behind the request
  WholeRequest request;
  WholeAnswer answer;
  Sent sent = Sent::some;        // how the worker left it
  bool is_watched = false;       // and whether it waits for the next request already
  size_t answer_sent = 0;        // of the answer's bytes
  size_t requests = 0;           // so far
  size_t passed_over = 0;        // bytes while leaving
  uint64_t sent_bytes = 0;       // in all
  uint64_t confirmed_bytes = 0;  // when last looked at
  // What it takes of the bounds of the server.
  size_t head_share = 0, answer_share = 0;
  uint64_t file_share = 0;
  uint64_t body_share = 0;
};

}  // namespace uhuru
