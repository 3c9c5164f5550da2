#include "uhuru/httpd/request_reader.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru {
namespace {

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\r' && c != '\n') || byte == 0x7f;
}

bool is_token_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

/// Whether a list such as "keep-alive, Upgrade" has this word.
bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    if (lower(trim(list.substr(0, comma))) == word) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

}  // namespace

void RequestReader::refuse(int status) {
  state_ = State::refused;
  status_ = status;
  head_ = {};
  request_ = {};
}

size_t RequestReader::take(std::string_view bytes) {
  if (state_ == State::body) return take_body(bytes);
  size_t taken = 0;
  while (taken < bytes.size() && (state_ == State::waiting || state_ == State::head)) {
    // Looked at byte by byte it would be the same: what is refused does not depend on the pieces.
    const size_t line_bytes = head_.size() - line_begin_;
    const size_t room = std::min(most_line_bytes, most_head_bytes - line_begin_) - line_bytes;
    const size_t line_end = std::min(bytes.find('\n', taken), bytes.size() - 1);
    const auto piece = bytes.substr(taken, std::min(line_end + 1 - taken, room + 1));
    taken += piece.size();
    state_ = State::head;
    if (std::any_of(piece.begin(), piece.end(), is_control)) {
      refuse(400);
    } else if (piece.size() > room) {
      refuse(line_begin_ == 0 ? 414 : 431);
    } else {
      head_.append(piece);
      if (piece.ends_with('\n')) end_line();
    }
  }
  return taken;
}

void RequestReader::end_line() {
  const std::string_view line =
      std::string_view(head_).substr(line_begin_, head_.size() - 1 - line_begin_);
  if (!line.ends_with('\r') || line.find('\r') + 1 != line.size()) return refuse(400);
  const std::string_view content = line.substr(0, line.size() - 1);
  if (line_begin_ > 0) {
    content.empty() ? end_head() : read_header(content);
  } else if (content.empty() && !had_empty_line_) {
    // Some clients send an empty line behind a body.
    had_empty_line_ = true;
    head_.clear();
    state_ = State::waiting;
  } else {
    read_request_line(content);
  }
  line_begin_ = head_.size();
}

void RequestReader::read_request_line(std::string_view line) {
  const size_t first = line.find(' '), last = line.rfind(' ');
  if (first == line.npos || last <= first + 1) return refuse(400);
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  is_http_1_0_ = version == "HTTP/1.0";
  if (!is_token(method) || target.find_first_of(" \t") != target.npos ||
      (!is_http_1_0_ && version != "HTTP/1.1"))
    return refuse(400);
  request_.method = method;
  request_.path = target.substr(0, target.find_first_of("?#"));
  // Routes are found by std::regex, which takes stack for each character.
  if (request_.path.size() > most_path_bytes) return refuse(414);
}

void RequestReader::read_header(std::string_view line) {
  const size_t colon = std::min(line.find(':'), line.size());
  // A line that goes on the one before begins with a blank, which no name does.
  if (colon == line.size() || !is_token(line.substr(0, colon))) return refuse(400);
  const std::string name = lower(line.substr(0, colon));
  const std::string_view value = trim(line.substr(colon + 1));
  if (name == "content-length") {
    read_length(value);
  } else if (name == "expect") {
    if (expects_continue_ || lower(value) != "100-continue") return refuse(417);
    expects_continue_ = true;
  } else if (name == "host") {
    if (std::exchange(has_host_, true)) return refuse(400);
  } else if (name == "transfer-encoding") {
    has_transfer_encoding_ = true;
  } else if (name == "connection") {
    closes_ |= has_word(value, "close");
    keeps_alive_ |= has_word(value, "keep-alive");
  }
  // Who reads the head shall not look for a body behind it. Parts of answers are not given: without
  // a validator they could be of two catalogs, and httplib takes ranges that go beyond the end.
  if (state_ == State::head &&
      (name == "content-length" || name == "expect" || name == "range" || name == "if-range"))
    head_.resize(line_begin_);
}

void RequestReader::read_length(std::string_view value) {
  uint64_t length = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (length_ || value.empty() || end != value.data() + value.size()) return refuse(400);
  length_ = error == std::errc() ? length : std::numeric_limits<uint64_t>::max();
}

void RequestReader::end_head() {
  if (has_transfer_encoding_) return refuse(length_ ? 400 : 411);
  body_left_ = length_.value_or(0);
  const bool may_have_one =
      body_path_.empty() || (request_.method == "POST" && request_.path == body_path_);
  if (body_left_ > (may_have_one ? most_body_bytes_ : 0)) return refuse(413);
  state_ = body_left_ > 0 ? State::body : State::whole;
}

size_t RequestReader::take_body(std::string_view bytes) {
  bytes = bytes.substr(0, body_left_);
  try {
    if (*length_ <= most_bytes_in_memory) {
      request_.small_body.append(bytes);
    } else {
      if (!request_.large_body) request_.large_body = std::make_unique<SpooledFile>();
      request_.large_body->write(bytes);
    }
    body_left_ -= bytes.size();
    if (body_left_ == 0) state_ = State::whole;
  } catch (const Error&) {
    refuse(503);  // no place for it on the disk
  }
  return bytes.size();
}

WholeRequest RequestReader::request() {
  request_.head = std::move(head_);
  request_.is_last = closes_ || (is_http_1_0_ && !keeps_alive_);
  WholeRequest whole = std::move(request_);
  *this = RequestReader(most_body_bytes_, body_path_);
  return whole;
}

}  // namespace uhuru
