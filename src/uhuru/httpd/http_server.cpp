#include "uhuru/httpd/http_server.hpp"

#include <utility>

#include "uhuru/httpd/exchange.hpp"

namespace uhuru {

HttpServer::HttpServer(const std::string& address, int port)
    : listener_(address, port),
      loop_(listener_, limits,
            {[this](const WholeRequest& request) { return answer(request); },
             [this](const WholeRequest& request) { return takes_long(request); }}) {
  svr_sock_ = listener_.descriptor();  // httplib answers while this is one
}

void HttpServer::post(const std::string& pattern, Handler handler) {
  Post(pattern, [handler = std::move(handler)](
                    const httplib::Request& request, httplib::Response& response,
                    const httplib::ContentReader&) { handler(request, response); });
}

RequestBody HttpServer::body() {
  const Exchange* exchange = Exchange::current();
  if (!exchange) return {};
  const WholeRequest& request = exchange->request();
  if (request.large_body) return {{}, request.large_body->path(), request.large_body->size()};
  return {request.small_body, {}, request.small_body.size()};
}

void HttpServer::run() {
  set_keep_alive_max_count(limits.requests);
  set_keep_alive_timeout(limits.idle.count() / 1000);
  loop_.run();
}

WholeAnswer HttpServer::answer(const WholeRequest& request) {
  try {
    WholeAnswer answer;
    Exchange exchange(request, answer, limits.answers_bytes);
    bool closed = request.is_last;
    if (process_request(exchange, request.is_last, closed, nullptr) && !exchange.failed()) {
      answer.is_last = closed;
      return answer;
    }
  } catch (const std::exception&) {
    // Nothing of it was sent.
  }
  return plain_answer(500);
}

bool HttpServer::takes_long(const WholeRequest& request) const {
  if (!is_slow) return false;
  // Decoded as httplib will, who looks for a handler of it.
  const bool is_plain = request.path.find('%') == std::string::npos;
  return is_slow(request.method,
                 is_plain ? request.path : httplib::detail::decode_url(request.path, false));
}

}  // namespace uhuru
