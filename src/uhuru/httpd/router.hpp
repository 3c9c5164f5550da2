// Routes requests to their handlers.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "uhuru/httpd/message.hpp"

#pragma GCC visibility push(default)
namespace uhuru::httpd {

/// A path and the handler of its requests.
struct Route {
  using Handler = std::function<Answer(const Request&)>;

  std::string method;  // "GET", which includes HEAD, or "POST"
  std::string path;    // "/scs"; "/source/*" matches any longer path that starts so
  Handler handler;
  /// Whether a request takes so long that others must not wait for it; empty: never.
  std::function<bool(const Request&)> is_slow = {};
  uint64_t max_body_bytes = 0;  // larger bodies are refused without being read

  static bool always_slow(const Request&) { return true; }
};

/// A table of routes. Thread-safe once all routes are added.
class Router {
 public:
  void add(Route route) { routes_.push_back(std::move(route)); }
  void get(const std::string& path, Route::Handler handler) {
    add({.method = "GET", .path = path, .handler = std::move(handler)});
  }
  /// Handles paths without a route; 404 by default.
  Route::Handler not_found = [](const Request&) { return error_answer(404); };

  /// The answer to a request: that of its route, 404, 405 with the methods that the path supports,
  /// those methods for OPTIONS, or 501 for a method unknown to HTTP. Throws what handlers throw.
  Answer answer(const Request& request) const;
  bool is_slow(const Request& request) const;
  uint64_t max_body_bytes(const Request& request) const;

 private:
  const Route* find(const Request& request) const;
  std::string allowed_methods(std::string_view path) const;

  std::vector<Route> routes_;
};

}  // namespace uhuru::httpd
#pragma GCC visibility pop
