// Source: RFC 9110 (HTTP semantics); libcurl implements the protocol.

#include "uhuru/vo/http.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <limits>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include "uhuru/base/text.hpp"

namespace uhuru::vo {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int most_redirects = 10;
constexpr size_t largest_header = size_t{1} << 16;
constexpr long least_bytes_per_second = 10;

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlDeleter>;

/// A part of an address; empty if absent.
std::string part(const Url& url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url.get(), which, &text, 0) != CURLUE_OK) return "";
  std::string result(text);
  curl_free(text);
  return result;
}

/// Parses `address`, which may be relative to `base`. Empty if it is not http or https.
std::optional<Url> parse_url(const std::string& address, const std::string& base = "") {
  // libcurl is more lenient.
  if (base.empty() && address.find("://") == std::string::npos) return std::nullopt;
  Url url(curl_url());
  if (!base.empty()) curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0);
  if (curl_url_set(url.get(), CURLUPART_URL, address.c_str(), 0) != CURLUE_OK) return std::nullopt;
  const std::string scheme = part(url, CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return std::nullopt;
  curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0);
  return url;
}

Error service_error(const std::string& message, const std::string& where,
                    const std::string& expected, const std::string& found) {
  return Error(ErrorKind::service, message, where, expected, found);
}

Error stopped(const std::string& where) {
  return service_error("stopped while waiting for an answer", where, "", "");
}

/// An attempt that failed in a way that may be temporary.
struct TryAgain {
  Error error;
  double pause_s = 0;  // requested by the service; 0: none
};

/// The seconds given by a Retry-After header, a number or a date; 0 if it is neither.
double retry_after(const std::string& value) {
  if (const auto seconds = parse_double(value)) return *seconds > 0 ? *seconds : 0;
  const time_t date = curl_getdate(value.c_str(), nullptr);
  return date < 0 ? 0 : std::max(std::difftime(date, std::time(nullptr)), 0.0);
}

/// An answer while it is being received.
struct Incoming {
  uint64_t largest;
  HttpResponse response = {};
  std::map<std::string, std::string> headers = {};
  size_t header_bytes = 0;
  bool too_large = false;
  std::exception_ptr failure = nullptr;

  static size_t take_body(char* bytes, size_t, size_t size, void* data) {
    auto& self = *static_cast<Incoming*>(data);
    try {
      self.too_large = self.response.body->size() + size > self.largest;
      if (self.too_large) return 0;
      self.response.body->write({bytes, size});
      return size;
    } catch (...) {  // must not propagate through libcurl
      self.failure = std::current_exception();
      return 0;
    }
  }
  static int is_stopped(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return (*static_cast<const std::function<bool()>*>(stop))() ? 1 : 0;
  }
  static size_t take_header(char* bytes, size_t, size_t size, void* data) {
    auto& self = *static_cast<Incoming*>(data);
    try {
      const std::string_view line(bytes, size);
      if (line.starts_with("HTTP/")) self.headers.clear();
      self.header_bytes += size;
      self.too_large = self.header_bytes > largest_header;
      if (self.too_large) return 0;
      if (const size_t colon = line.find(':'); colon != std::string_view::npos)
        self.headers[lower(trim(line.substr(0, colon)))] = trim(line.substr(colon + 1));
      return size;
    } catch (...) {
      self.failure = std::current_exception();
      return 0;
    }
  }
};

bool is_certificate_error(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_ISSUER_ERROR ||
         code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CACERT_BADFILE ||
         code == CURLE_SSL_INVALIDCERTSTATUS || code == CURLE_SSL_PINNEDPUBKEYNOTMATCH;
}

}  // namespace

/// The libcurl handle, and the time of the last request to each host.
struct HttpClient::Curl {
  CURL* handle;
  char message[CURL_ERROR_SIZE] = "";
  std::map<std::string, Clock::time_point> next_request;

  Curl() {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    handle = started == CURLE_OK ? curl_easy_init() : nullptr;
    if (!handle) throw Error(ErrorKind::bug, "cannot initialize libcurl");
  }
  ~Curl() { curl_easy_cleanup(handle); }
  Curl(const Curl&) = delete;
  Curl& operator=(const Curl&) = delete;

  template <class Value>
  void set(CURLoption option, Value value) const {
    curl_easy_setopt(handle, option, value);
  }

  /// Seconds until the next request to this host is allowed; the following one waits longer.
  double take_turn(const std::string& host, double per_second) {
    auto& next = next_request[host];
    const auto now = Clock::now();
    const auto turn = std::max(next, now);
    next = turn + std::chrono::duration_cast<Clock::duration>(
                      std::chrono::duration<double>(1 / per_second));
    return std::chrono::duration<double>(turn - now).count();
  }

  /// Sends one request and receives the answer. Throws TryAgain if a connection failed or broke.
  HttpResponse exchange(const HttpRequest& request, const HttpSettings& settings) {
    curl_easy_reset(handle);
    Incoming incoming{settings.largest_answer};
    incoming.response.url = request.url;
    incoming.response.body = std::make_shared<io::SpooledFile>();
    prepare(settings, incoming);
    set(CURLOPT_URL, request.url.c_str());
    Outgoing outgoing;
    send_with(request, outgoing);
    const CURLcode code = curl_easy_perform(handle);
    if (incoming.failure) std::rethrow_exception(incoming.failure);
    if (code != CURLE_OK) fail(code, incoming, settings);
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &incoming.response.status);
    if (const auto found = incoming.headers.find("location"); found != incoming.headers.end())
      incoming.response.location = found->second;
    if (const long status = incoming.response.status;
        status == 429 || (status >= 502 && status <= 504)) {
      const auto after = incoming.headers.find("retry-after");
      throw TryAgain{
          service_error("the service is too busy", request.url, "an answer",
                        fmt::format("HTTP status {}, {}", status,
                                    in_quotes(words_of(incoming.response.text(1 << 14), 60)))),
          after == incoming.headers.end() ? 0 : retry_after(after->second)};
    }
    return std::move(incoming.response);
  }

 private:
  /// What is sent; must live until the answer is there.
  struct Outgoing {
    curl_slist* headers = nullptr;
    curl_mime* mime = nullptr;
    std::string form;

    Outgoing() = default;
    Outgoing(const Outgoing&) = delete;
    ~Outgoing() {
      curl_mime_free(mime);
      curl_slist_free_all(headers);
    }
    void add_header(const std::string& line) { headers = curl_slist_append(headers, line.c_str()); }
  };

  /// All that does not depend on the request.
  void prepare(const HttpSettings& settings, Incoming& incoming) {
    const auto milliseconds = [](double seconds) { return std::lround(seconds * 1000); };
    set(CURLOPT_USERAGENT, "uhuru/" UHURU_VERSION);
    set(CURLOPT_ACCEPT_ENCODING, "gzip");
    set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(settings.connect_timeout_s));
    set(CURLOPT_TIMEOUT_MS, milliseconds(settings.longest_answer_s));
    set(CURLOPT_LOW_SPEED_LIMIT, least_bytes_per_second);
    set(CURLOPT_LOW_SPEED_TIME, std::lround(std::ceil(settings.stall_timeout_s)));
    if (settings.stop) {
      set(CURLOPT_NOPROGRESS, 0L);
      set(CURLOPT_XFERINFOFUNCTION, Incoming::is_stopped);
      set(CURLOPT_XFERINFODATA, &settings.stop);
    }
    if (settings.past_proxy) set(CURLOPT_PROXY, "");
    set(CURLOPT_ERRORBUFFER, message);
    set(CURLOPT_WRITEFUNCTION, Incoming::take_body);
    set(CURLOPT_WRITEDATA, &incoming);
    set(CURLOPT_HEADERFUNCTION, Incoming::take_header);
    set(CURLOPT_HEADERDATA, &incoming);
    message[0] = '\0';
  }

  /// Method, headers and body.
  void send_with(const HttpRequest& request, Outgoing& outgoing) {
    if (request.method == HttpRequest::Method::remove) {
      set(CURLOPT_CUSTOMREQUEST, "DELETE");
    } else if (request.method == HttpRequest::Method::post) {
      set(CURLOPT_POST, 1L);
      outgoing.add_header("Expect:");  // some services do not support it
      const bool with_files = std::any_of(request.fields.begin(), request.fields.end(),
                                          [](const auto& f) { return !f.file_name.empty(); });
      if (with_files) {
        outgoing.mime = multipart(request.fields);
        set(CURLOPT_MIMEPOST, outgoing.mime);
      } else {
        outgoing.form = request.fields.empty() ? request.body : urlencoded(request.fields);
        if (request.fields.empty()) outgoing.add_header("Content-Type: " + request.content_type);
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(outgoing.form.size()));
        set(CURLOPT_POSTFIELDS, outgoing.form.c_str());
      }
    }
    set(CURLOPT_HTTPHEADER, outgoing.headers);
  }

  curl_mime* multipart(const std::vector<FormField>& fields) const {
    curl_mime* mime = curl_mime_init(handle);
    for (const FormField& field : fields) {
      curl_mimepart* piece = curl_mime_addpart(mime);
      curl_mime_name(piece, field.name.c_str());
      curl_mime_data(piece, field.value.data(), field.value.size());
      if (!field.file_name.empty()) curl_mime_filename(piece, field.file_name.c_str());
      if (!field.content_type.empty()) curl_mime_type(piece, field.content_type.c_str());
    }
    return mime;
  }

  std::string urlencoded(const std::vector<FormField>& fields) const {
    std::string form;
    for (const FormField& field : fields) {
      char* value =
          curl_easy_escape(handle, field.value.data(), static_cast<int>(field.value.size()));
      form += fmt::format("{}{}={}", form.empty() ? "" : "&", field.name, value);
      curl_free(value);
    }
    return form;
  }

  [[noreturn]] void fail(CURLcode code, const Incoming& incoming,
                         const HttpSettings& settings) const {
    const std::string& url = incoming.response.url;
    const std::string cause = *message ? message : curl_easy_strerror(code);
    if (incoming.too_large)
      throw service_error(
          "the service's answer is too large", url,
          incoming.header_bytes > largest_header
              ? std::string("headers of less than 64 KiB")
              : fmt::format("at most {} bytes", with_commas(settings.largest_answer)),
          "more");
    if (is_certificate_error(code))
      throw service_error("the service's certificate is not trusted", url,
                          "a valid certificate of this host", cause);
    switch (code) {
      case CURLE_OPERATION_TIMEDOUT:
        throw TryAgain{
            service_error("the service timed out", url,
                          fmt::format("a connection within {} s, then bytes within {} s",
                                      settings.connect_timeout_s, settings.stall_timeout_s),
                          cause)};
      case CURLE_COULDNT_RESOLVE_HOST:
      case CURLE_COULDNT_RESOLVE_PROXY:
      case CURLE_COULDNT_CONNECT:
        throw TryAgain{service_error("the service cannot be reached", url, "", cause)};
      case CURLE_ABORTED_BY_CALLBACK:
        throw stopped(url);
      case CURLE_PARTIAL_FILE:
      case CURLE_RECV_ERROR:
      case CURLE_SEND_ERROR:
      case CURLE_GOT_NOTHING:
      case CURLE_SSL_CONNECT_ERROR:
      case CURLE_HTTP2:
      case CURLE_HTTP2_STREAM:
      case CURLE_BAD_CONTENT_ENCODING:
        throw TryAgain{service_error("the service's answer is incomplete", url, "", cause)};
      default:
        throw service_error("the service's answer is not valid HTTP", url, "HTTP", cause);
    }
  }
};

HttpClient::HttpClient(const HttpSettings& settings, Patience patience)
    : settings_(settings), patience_(std::move(patience)), curl_(std::make_unique<Curl>()) {}
HttpClient::~HttpClient() = default;

namespace {

bool is_redirect(long status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// The request that follows a redirect.
HttpRequest redirected(const HttpRequest& from, const HttpResponse& response) {
  const Url old = std::move(*parse_url(from.url));
  auto target = parse_url(response.location, from.url);
  if (response.location.empty() || !target)
    throw service_error("the service redirects to an invalid address", from.url,
                        "an http or https address", in_quotes(response.location));
  curl_url_set(target->get(), CURLUPART_USER, nullptr, 0);
  curl_url_set(target->get(), CURLUPART_PASSWORD, nullptr, 0);
  if (part(old, CURLUPART_SCHEME) == "https" && part(*target, CURLUPART_SCHEME) == "http")
    throw service_error("the service redirects from https to http", from.url, "https",
                        in_quotes(response.location));
  HttpRequest next = from;
  next.url = part(*target, CURLUPART_URL);
  const bool only_moved = part(old, CURLUPART_PATH) == part(*target, CURLUPART_PATH) &&
                          part(old, CURLUPART_QUERY) == part(*target, CURLUPART_QUERY);
  const long status = response.status;
  const bool stays = status == 301 || status == 307 || status == 308 ||
                     (status == 302 && only_moved) || from.method == HttpRequest::Method::get;
  if (!stays) {
    next.method = HttpRequest::Method::get;
    next.fields.clear();
    next.body.clear();
  }
  return next;
}

}  // namespace

HttpResponse HttpClient::send(const HttpRequest& request) {
  const auto url = parse_url(request.url);
  if (!url)
    throw Error(ErrorKind::usage, "invalid service address", request.url, "http://… or https://…");
  if (!part(*url, CURLUPART_USER).empty() || !part(*url, CURLUPART_PASSWORD).empty())
    throw Error(ErrorKind::usage, "the address contains a name or password", "",
                "an address without them; they are never sent");
  double next_pause = settings_.first_pause_s;
  HttpSettings settings = settings_;
  const auto started = Clock::now();
  const auto seconds_left = [&] {
    const std::chrono::duration<double> gone = Clock::now() - started;
    return request.longest_s > 0 ? request.longest_s - gone.count()
                                 : std::numeric_limits<double>::infinity();
  };
  for (int attempt = 0;; ++attempt) {
    try {
      HttpRequest current = request;
      for (int redirects = 0;; ++redirects) {
        const Url target = std::move(*parse_url(current.url));
        pause(curl_->take_turn(part(target, CURLUPART_HOST) + ":" + part(target, CURLUPART_PORT),
                               settings_.requests_per_second));
        settings.longest_answer_s = std::clamp(seconds_left(), 0.001, settings_.longest_answer_s);
        HttpResponse response = curl_->exchange(current, settings);
        if (!is_redirect(response.status)) return response;
        if (redirects == most_redirects)
          throw service_error("too many redirects", request.url,
                              fmt::format("at most {} redirects", most_redirects),
                              "another redirect to " + in_quotes(response.location));
        HttpRequest next = redirected(current, response);
        const bool moved = next.method == current.method;
        if (request.follow == HttpRequest::Follow::none ||
            (request.follow == HttpRequest::Follow::moved && !moved)) {
          response.location = next.url;
          return response;
        }
        current = std::move(next);
      }
    } catch (const TryAgain& again) {
      if (again.pause_s > settings_.longest_pause_s)
        throw service_error("the service is too busy", again.error.where(),
                            fmt::format("an answer within {} s", settings_.longest_pause_s),
                            fmt::format("a request to retry in {:.0f} s", again.pause_s));
      const double seconds =
          std::max(again.pause_s, std::min(next_pause, settings_.longest_pause_s));
      if (attempt >= settings_.retries || seconds > seconds_left())
        throw service_error(
            again.error.message(), again.error.where(), again.error.expected(),
            again.error.found() + (attempt ? fmt::format(" ({} attempts)", attempt + 1) : ""));
      if (patience_) patience_(again.error, seconds);
      pause(seconds);
      next_pause *= 2;
    }
  }
}

void HttpClient::pause(double seconds) const {
  using Seconds = std::chrono::duration<double>;
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(Seconds(seconds));
  constexpr Seconds step{0.2};
  for (auto now = Clock::now(); now < end; now = Clock::now()) {
    if (settings_.stop && settings_.stop()) throw stopped("");
    std::this_thread::sleep_for(std::min(step, Seconds(end - now)));
  }
}

std::string HttpResponse::text(size_t most) const {
  std::string text;
  const auto source = io::ByteSource::open(body->path(), url);
  for (auto bytes = source->next(); !bytes.empty() && text.size() < most; bytes = source->next())
    text += bytes.substr(0, most - text.size());
  return text;
}

void throw_status(const HttpResponse& response, const std::string& expected) {
  const std::string words = words_of(response.text(1 << 16));
  throw service_error(
      "the service refused the request", response.url, expected,
      fmt::format("HTTP status {}{}", response.status, words.empty() ? "" : ": " + words));
}

std::string words_of(const std::string& body, size_t most) {
  std::string words;
  bool in_tag = false, blank = false;
  for (const char c : body) {
    if (words.size() >= most) return words + " …";
    const bool control = static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
    if (c == '<') in_tag = true;
    if (in_tag || control) {
      blank = true;
    } else {
      if (blank && !words.empty()) words += ' ';
      blank = false;
      words += c;
    }
    if (c == '>') in_tag = false;
  }
  return words;
}

}  // namespace uhuru::vo
