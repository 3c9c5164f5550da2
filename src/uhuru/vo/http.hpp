// Requests to archive services: with retries and rate limits, never accepting a partial answer.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "uhuru/base/error.hpp"
#include "uhuru/io/byte_source.hpp"

#pragma GCC visibility push(default)
namespace uhuru::vo {

/// Timeouts, retries and limits.
struct HttpSettings {
  double requests_per_second = 4;  // maximum per host
  double connect_timeout_s = 30;
  double stall_timeout_s = 300;    // without (almost) any byte, including the wait for the first
  double longest_answer_s = 7200;  // from request to last byte
  int retries = 5;                 // after 429, 502, 503, 504 and broken connections
  double first_pause_s = 1;        // before the first retry; doubled for each further one
  double longest_pause_s = 60;     // also the longest Retry-After that is accepted
  uint64_t largest_answer = uint64_t{4} << 30;  // bytes, uncompressed
  // Called at least every second, also during pauses; true aborts with an Error (service).
  std::function<bool()> stop = {};
  bool past_proxy = false;  // even if the environment names a proxy
};

/// A field of a form; with a file name it is sent as a file.
struct FormField {
  std::string name, value;
  std::string file_name = {}, content_type = {};
};

struct HttpRequest {
  enum class Method { get, post, remove };
  /// Which redirects are followed; any other is returned as the response. moved: those that require
  /// the same request at another address.
  enum class Follow { all, moved, none };

  Method method = Method::get;
  std::string url;                     // http or https
  std::vector<FormField> fields = {};  // of a POST; any file makes it multipart
  std::string body = {};               // of a POST without fields
  std::string content_type = {};       // of this body
  Follow follow = Follow::all;
  double longest_s = 0;  // for all attempts together; 0: no separate limit
};

struct HttpResponse {
  long status = 0;
  std::string url;                        // that answered, after redirects
  std::string location;                   // absolute; of a redirect that was not followed
  std::shared_ptr<io::SpooledFile> body;  // uncompressed, complete

  /// The first bytes of the body, for messages and small documents.
  std::string text(size_t most = size_t{1} << 20) const;
};

/// A client that reuses its connections. Supports HTTP and HTTPS; never sends credentials or
/// cookies (except to a proxy configured with a password in the environment). Not thread-safe.
class HttpClient {
 public:
  /// Called before a retry with its reason and the pause in seconds.
  using Patience = std::function<void(const Error& error, double pause_s)>;

  explicit HttpClient(const HttpSettings& settings, Patience patience = {});
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Sends the request, with retries after pauses where these may help, and returns the response
  /// for any status that is not retried. A redirect (at most 10, never from https to http) becomes
  /// a GET if the standard says so; a permanent one, and one that only changes host or scheme,
  /// remains a POST.
  ///
  /// Throws Error (usage) if the address is invalid or contains a password; Error (service) if the
  /// service cannot be reached, breaks the connection, stalls, redirects too often, sends too much,
  /// or has an untrusted certificate (without retry).
  HttpResponse send(const HttpRequest& request);

  /// Waits `seconds`; can be aborted like send().
  void pause(double seconds) const;

  const HttpSettings& settings() const { return settings_; }

 private:
  struct Curl;
  HttpSettings settings_;
  Patience patience_;
  std::unique_ptr<Curl> curl_;
};

/// Throws the error for a response with an unexpected status: service, status and message of the
/// body.
[[noreturn]] void throw_status(const HttpResponse& response, const std::string& expected);

/// The message in a web page or plain text: the words without markup, at most `most` bytes.
std::string words_of(const std::string& body, size_t most = 300);

}  // namespace uhuru::vo
#pragma GCC visibility pop
