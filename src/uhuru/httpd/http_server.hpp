// HTTP over sockets: httplib's parsing and routing behind our own connections and threads.
#pragma once

#include "uhuru/httpd/httplib.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "uhuru/httpd/event_loop.hpp"
#include "uhuru/httpd/listener.hpp"
#include "uhuru/httpd/whole_message.hpp"

namespace uhuru {

/// The body of a request, valid while the request is answered.
struct RequestBody {
  std::string_view bytes;  // empty where it is in a file
  std::string path;        // of that file; empty where there is none
  uint64_t size = 0;
};

/// A server whose handlers see requests that came whole, in several threads, and whose answers are
/// sent while the threads go on.
///
/// httplib's own loop is not used: a thread of it serves one connection, its limits on slow and
/// greedy clients are per line and per read, its queue holds five connections, and it hides why a
/// port cannot be had. Handlers are httplib's; answer with what `answers.hpp` has.
class HttpServer : public httplib::Server {
 public:
  /// Listens at once. Throws Error: see Listener.
  HttpServer(const std::string& address, int port);

  const Listener& listener() const { return listener_; }

  // To be set before run().
  HttpLimits limits;
  /// Whether a request takes long to answer, from its method and decoded path: such ones have
  /// threads of their own.
  std::function<bool(std::string_view method, std::string_view path)> is_slow;

  /// A handler of POST requests, which finds their body with body(). httplib's own Post() would
  /// look for it in the request, where it is not.
  void post(const std::string& pattern, Handler handler);
  /// The body of the request that this thread answers; empty where it has none.
  static RequestBody body();

  /// Serves until end(); then workers finish what they do, and what is being sent is sent for a
  /// second.
  void run();
  /// Thread-safe; fit for any thread but a signal handler's.
  void end() { loop_.end(); }

  /// The answer to a request, without any socket. Thread-safe.
  WholeAnswer answer(const WholeRequest& request);

 private:
  bool takes_long(const WholeRequest& request) const;

  Listener listener_;
  EventLoop loop_;
};

}  // namespace uhuru
