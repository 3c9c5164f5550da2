#include "uhuru/httpd/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <ctime>

#include "uhuru/base/text.hpp"

namespace uhuru::httpd {
namespace {

const char* explanation(int status) {
  switch (status) {
    case 404:
      return "there is no such page";
    case 405:
      return "the path does not support this method";
    case 411:
      return "the request has no Content-Length";
    case 413:
    case 414:
    case 431:
      return "the request is too large";
    case 417:
      return "the expectation in the Expect header is not supported";
    case 500:
      return "internal server error";
    case 501:
      return "unknown method";
    case 503:
      return "the server is busy; try again in a moment";
    default:
      return "malformed request";
  }
}

template <class Headers>
auto find_header(Headers& headers, const std::string& name) {
  return std::find_if(headers.begin(), headers.end(),
                      [&](const auto& header) { return header.first == name; });
}

/// "Sat, 28 Nov 2026 15:51:00 GMT". The program never sets a locale, so the words are English.
std::string date_now() {
  const std::time_t now = std::time(nullptr);
  std::tm fields{};
  gmtime_r(&now, &fields);
  std::array<char, 40> text;
  return {text.data(),
          std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &fields)};
}

}  // namespace

const std::string& Request::header(const std::string& lower_case_name) const {
  static const std::string none;
  const auto found = headers.find(lower_case_name);
  return found == headers.end() ? none : found->second;
}

void Answer::add_header(const std::string& name, std::string value) {
  if (find_header(headers, name) == headers.end()) headers.emplace_back(name, std::move(value));
}

void Answer::set_header(const std::string& name, std::string value) {
  const auto found = find_header(headers, name);
  if (found == headers.end())
    headers.emplace_back(name, std::move(value));
  else
    found->second = std::move(value);
}

Answer text_answer(const std::string& type, std::string text, int status) {
  return {
      .status = status, .type = type, .text = std::make_shared<const std::string>(std::move(text))};
}

Answer file_answer(const std::string& type, std::shared_ptr<const Descriptor> file, uint64_t size) {
  return {.type = type, .file = std::move(file), .file_size = size};
}

Answer error_answer(int status, std::string_view explanation) {
  Answer answer =
      text_answer("text/plain", fmt::format("Error {}: {}\n", status, explanation), status);
  if (status == 503) answer.set_header("Retry-After", "5");
  return answer;
}

Answer error_answer(int status) { return error_answer(status, explanation(status)); }

std::string answer_head(const Answer& answer, bool closes) {
  const auto reason =
      boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(answer.status));
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", answer.status,
                                 std::string_view(reason.data(), reason.size()));
  const auto add = [&](std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
  };
  add("Date", date_now());
  if (!answer.type.empty()) add("Content-Type", answer.type);
  // These two have no body by definition.
  if (answer.status != 204 && answer.status != 304)
    add("Content-Length", std::to_string(answer.size()));
  add("Accept-Ranges", "none");
  if (closes) add("Connection", "close");
  for (const auto& [name, value] : answer.headers) add(name, value);
  return head += "\r\n";
}

std::string decode_percent(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(&text[i + 1], &text[i + 3], byte, 16).ptr == &text[i + 3]) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i] == '+' && plus_is_blank ? ' ' : text[i];
    }
  }
  return out;
}

Request::Parameters parse_query(std::string_view query) {
  Request::Parameters parameters;
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    const std::string_view name = part.substr(0, part.find('='));
    const std::string_view value = part.substr(std::min(name.size() + 1, part.size()));
    if (!part.empty()) parameters.emplace(decode_percent(name, true), decode_percent(value, true));
  }
  return parameters;
}

}  // namespace uhuru::httpd
