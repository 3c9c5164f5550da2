#include "uhuru/httpd/request_reader.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <limits>
#include <utility>

#include "uhuru/base/text.hpp"

namespace uhuru::httpd {
namespace {

namespace http = boost::beast::http;

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\r' && c != '\n') || byte == 0x7f;
}

template <class Text>
std::string_view view_of(const Text& text) {
  return {text.data(), text.size()};
}

/// Splits "http://host/path" into "host" and "/path"; any other target has no host.
std::pair<std::string_view, std::string_view> split_target(std::string_view target) {
  constexpr std::string_view scheme = "http://";
  if (lower(target.substr(0, scheme.size())) != scheme) return {{}, target};
  const std::string_view rest = target.substr(scheme.size());
  const size_t end = std::min(rest.find_first_of("/?"), rest.size());
  return {rest.substr(0, end), rest.substr(end)};
}

}  // namespace

void RequestReader::refuse(int status) {
  state_ = State::refused;
  status_ = status;
  head_ = {};
  parsed_ = {};
}

size_t RequestReader::take(std::string_view bytes) {
  size_t taken = 0;
  while (taken < bytes.size() && state_ == State::incomplete) take(bytes[taken++]);
  return taken;
}

void RequestReader::take(char c) {
  const bool follows_cr = head_.size() > line_begin_ && head_.back() == '\r';
  // A line that starts with a space or tab would continue the previous one.
  const bool folds = head_.size() == line_begin_ && (c == ' ' || c == '\t');
  if (follows_cr != (c == '\n') || is_control(c) || folds) return refuse(400);
  head_ += c;
  if (line_begin_ == 0 && head_.size() > max_line_bytes) return refuse(414);
  if (head_.size() > max_head_bytes) return refuse(431);
  if (c == '\n') end_line();
}

void RequestReader::end_line() {
  const bool is_empty = head_.size() == line_begin_ + 2;
  line_begin_ = head_.size();
  if (!is_empty) return;
  if (line_begin_ > 2) return parse();
  // Some clients send an empty line after a body.
  if (std::exchange(had_empty_line_, true)) return refuse(400);
  head_.clear();
  line_begin_ = 0;
}

void RequestReader::parse() {
  http::request_parser<http::empty_body> parser;
  parser.header_limit(max_head_bytes + 1);
  parser.body_limit(std::numeric_limits<uint64_t>::max());
  boost::beast::error_code error;
  parser.put(boost::asio::buffer(head_), error);
  if (error || !parser.is_header_done()) return refuse(400);
  const auto& head = parser.get();
  Request& request = parsed_.request;
  request.method = view_of(head.method_string());
  for (const auto& field : head) {
    auto [place, is_new] = request.headers.try_emplace(lower(view_of(field.name_string())));
    if (!is_new && place->first == "host") return refuse(400);
    if (!is_new) place->second += ", ";
    place->second += view_of(field.value());
  }
  const auto [host, target] = split_target(view_of(head.target()));
  const bool has_host = request.headers.contains("host");
  if (!host.empty()) request.headers["host"] = host;
  // "*" stands for the whole server and is allowed only with OPTIONS.
  const bool is_target =
      target.starts_with('/') || !host.empty() || (target == "*" && request.method == "OPTIONS");
  if (!is_target || (!has_host && head.version() == 11)) return refuse(400);
  const std::string_view path = target.substr(0, target.find('?'));
  request.path = path.empty() ? "/" : decode_percent(path, false);
  request.parameters = parse_query(target.substr(std::min(path.size() + 1, target.size())));

  const std::string& length = request.header("content-length");
  if (request.headers.contains("transfer-encoding")) return refuse(length.empty() ? 411 : 400);
  // Also a list of lengths, as which repeated headers are joined: it could hide one request inside
  // another, and Beast accepts equal ones.
  if (length.find_first_not_of("0123456789") != length.npos) return refuse(400);
  parsed_.body_bytes = parser.content_length().value_or(0);
  const std::string& expectation = request.header("expect");
  if (!expectation.empty() && lower(expectation) != "100-continue") return refuse(417);
  parsed_.expects_continue = !expectation.empty() && head.version() == 11;
  parsed_.is_last = !parser.keep_alive();
  state_ = State::whole;
}

RequestHead RequestReader::take_head() {
  RequestHead head = std::move(parsed_);
  *this = RequestReader();
  return head;
}

}  // namespace uhuru::httpd
