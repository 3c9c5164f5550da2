#include "uhuru/httpd/router.hpp"

#include <algorithm>
#include <array>

namespace uhuru::httpd {
namespace {

bool matches(std::string_view pattern, std::string_view path) {
  if (!pattern.ends_with('*')) return pattern == path;
  pattern.remove_suffix(1);
  return path.starts_with(pattern) && path.size() > pattern.size();
}

bool is_known_method(std::string_view method) {
  constexpr std::array<std::string_view, 9> methods = {
      "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"};
  return std::find(methods.begin(), methods.end(), method) != methods.end();
}

}  // namespace

const Route* Router::find(const Request& request) const {
  const std::string_view method =
      request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
  const auto found = std::find_if(routes_.begin(), routes_.end(), [&](const Route& route) {
    return route.method == method && matches(route.path, request.path);
  });
  return found == routes_.end() ? nullptr : &*found;
}

/// "GET, HEAD, OPTIONS"; empty if the path has no route.
std::string Router::allowed_methods(std::string_view path) const {
  std::string methods;
  for (const Route& route : routes_)
    if (path == "*" || matches(route.path, path)) {
      const std::string names = route.method == "GET" ? "GET, HEAD, " : route.method + ", ";
      if (methods.find(names) == methods.npos) methods += names;
    }
  return methods.empty() ? "" : methods + "OPTIONS";
}

Answer Router::answer(const Request& request) const {
  if (!is_known_method(request.method)) return error_answer(501);
  if (const Route* route = find(request)) return route->handler(request);
  const std::string allowed = allowed_methods(request.path);
  if (allowed.empty()) return not_found(request);
  Answer answer = request.method == "OPTIONS" ? Answer{.status = 204} : error_answer(405);
  answer.set_header("Allow", allowed);
  return answer;
}

bool Router::is_slow(const Request& request) const {
  const Route* route = find(request);
  return route && route->is_slow && route->is_slow(request);
}

uint64_t Router::max_body_bytes(const Request& request) const {
  const Route* route = find(request);
  return route ? route->max_body_bytes : 0;
}

}  // namespace uhuru::httpd
