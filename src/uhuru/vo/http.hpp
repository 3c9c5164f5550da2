// Requests to the services of archives: patient, polite, and never taking a part for the whole.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "uhuru/base/error.hpp"
#include "uhuru/io/byte_source.hpp"

namespace uhuru {

/// How long to wait, how often to ask again, how much to take.
struct HttpSettings {
  double requests_per_second = 4;  // of one host, at most
  double connect_timeout_s = 30;
  double stall_timeout_s = 300;    // without (almost) any byte, the wait for the first included
  double longest_answer_s = 7200;  // from request to last byte
  int retries = 5;                 // after 429, 502, 503, 504 and broken connections
  double first_pause_s = 1;        // before the first of them; each further pause is twice as long
  double longest_pause_s = 60;     // also what a service may ask for with Retry-After
  uint64_t largest_answer = uint64_t{4} << 30;  // bytes, unpacked
  // Asked at least every second, also in pauses; true breaks off with an Error (service).
  std::function<bool()> stop = {};
  bool past_proxy = false;  // also where the environment names a proxy
};

/// A field of a form; with a file name it is sent as a file.
struct FormField {
  std::string name, value;
  std::string file_name = {}, content_type = {};
};

struct HttpRequest {
  enum class Method { get, post, remove };
  /// Redirects that are followed; another is the response. moved: to where the same request is to
  /// be sent.
  enum class Follow { all, moved, none };

  Method method = Method::get;
  std::string url;                     // http or https
  std::vector<FormField> fields = {};  // of a POST; any file makes it multipart
  std::string body = {};               // of a POST without fields
  std::string content_type = {};       // of this body
  Follow follow = Follow::all;
  double longest_s = 0;  // all attempts together; 0: no limit of its own
};

struct HttpResponse {
  long status = 0;
  std::string url;                    // that answered, after redirects
  std::string location;               // absolute; of a redirect that was not followed
  std::shared_ptr<SpooledFile> body;  // unpacked, whole

  /// The body's first bytes, for messages and small documents.
  std::string text(size_t most = size_t{1} << 20) const;
};

/// A client that keeps its connections. Speaks HTTP and HTTPS; never sends credentials or cookies
/// (but to a proxy that the environment names with a password). Not thread-safe.
class HttpClient {
 public:
  /// Hears why a request is sent again, and after how many seconds.
  using Patience = std::function<void(const Error& error, double pause_s)>;

  explicit HttpClient(const HttpSettings& settings, Patience patience = {});
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Sends the request, again after pauses where that may help, and returns the response of any
  /// status that is not worth another try. A redirect (at most 10, never from https to http)
  /// becomes a GET where the standard says so; a permanent one, and one to another host or scheme
  /// alone, is a POST again.
  ///
  /// Throws Error (usage) for an address that is none, or has a password; Error (service) where
  /// the service cannot be reached, breaks off, stalls, redirects without end, sends too much, or
  /// has a certificate that is not trusted (at once).
  HttpResponse send(const HttpRequest& request);

  /// Waits so long, or breaks off as send does.
  void pause(double seconds) const;

  const HttpSettings& settings() const { return settings_; }

 private:
  struct Curl;
  HttpSettings settings_;
  Patience patience_;
  std::unique_ptr<Curl> curl_;
};

/// The error of a response with an unexpected status: the service, the status, what the body says.
[[noreturn]] void throw_status(const HttpResponse& response, const std::string& expected);

/// What a service says in a page or plain text: the words without markup, at most `most` bytes.
std::string words_of(const std::string& body, size_t most = 300);

}  // namespace uhuru
