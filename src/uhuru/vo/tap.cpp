#include "uhuru/vo/tap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/vo/uws.hpp"

namespace uhuru::vo {
namespace {

using Clock = std::chrono::steady_clock;

/// Runs `work`, reporting its errors as service errors.
template <class Work>
decltype(auto) as_service(Work&& work) {
  try {
    return work();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug || error.kind() == ErrorKind::service) throw;
    throw Error(ErrorKind::service, "invalid answer from the service: " + error.message(),
                error.where(), error.expected(), error.found());
  }
}

std::string base_url(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  for (const std::string_view ending : {"/sync", "/async"})
    if (url.ends_with(ending)) url.resize(url.size() - ending.size());
  return url;
}

std::vector<FormField> query_fields(const TapQuery& query) {
  // FORMAT is TAP 1.0's name for RESPONSEFORMAT; each service ignores the other.
  std::vector<FormField> fields = {{"REQUEST", "doQuery"},
                                   {"LANG", "ADQL"},
                                   {"FORMAT", "votable"},
                                   {"RESPONSEFORMAT", "votable"},
                                   {"QUERY", query.adql}};
  if (query.max_rows) fields.push_back({"MAXREC", fmt::format("{}", *query.max_rows)});
  std::string uploads;
  for (const TapUpload& upload : query.uploads)
    uploads += fmt::format("{}{},param:{}", uploads.empty() ? "" : ";", upload.name, upload.name);
  if (!uploads.empty()) fields.push_back({"UPLOAD", uploads});
  for (const TapUpload& upload : query.uploads)
    fields.push_back(
        {upload.name, upload.votable, upload.name + ".vot", "application/x-votable+xml"});
  return fields;
}

/// The table of a response, whatever its status: an error document says more than a status.
std::unique_ptr<ServiceTable> table_of(HttpResponse response, const Threads& threads) {
  if (response.status != 200) {
    try {
      io::open_votable_file(response.body->path(), response.url, threads);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::service) throw;
    }
    throw_status(response, "a table");
  }
  return std::make_unique<ServiceTable>(std::move(response), threads);
}

/// An asynchronous query: a job that is created here and deleted at the end in any case.
class AsyncJob {
 public:
  AsyncJob(HttpClient& http, const std::string& url, const TapQuery& query,
           const TapSettings& settings, const Threads& threads, const Progress& progress)
      : http_(http), settings_(settings), threads_(threads), progress_(progress) {
    HttpResponse made = http_.send({.method = HttpRequest::Method::post,
                                    .url = base_url(url) + "/async",
                                    .fields = query_fields(query),
                                    .follow = HttpRequest::Follow::moved});
    if (made.location.empty()) {
      table_of(made, threads_);
      throw Error(ErrorKind::service, "the service created no job", made.url,
                  "HTTP status 303 with the job's address", "a table");
    }
    job_ = made.location;
    while (job_.ends_with('/')) job_.pop_back();
  }
  ~AsyncJob() {
    try {
      // The result is already complete or lost: do not wait long for this.
      constexpr double longest_s = 5;
      http_.send({.method = HttpRequest::Method::remove,
                  .url = job_,
                  .follow = HttpRequest::Follow::moved,
                  .longest_s = longest_s});
    } catch (const std::exception&) {  // the service deletes it in its own time
    }
  }
  AsyncJob(const AsyncJob&) = delete;
  AsyncJob& operator=(const AsyncJob&) = delete;

  std::unique_ptr<ServiceTable> result() {
    run();
    std::string phase;
    for (bool restarted = false;;) {
      UwsJob job = wait(phase);
      phase = job.phase;
      if (phase == "COMPLETED") break;
      if (phase == "HELD" && !std::exchange(restarted, true)) {
        run();  // a held job waits for another RUN
      } else if (phase == "ERROR") {
        fail_with_its_error(job);
      } else if (phase == "ABORTED" || phase == "ARCHIVED" || phase == "HELD") {
        throw Error(ErrorKind::service, "the service ended the job", job_, "COMPLETED",
                    phase + (job.error.empty() ? "" : ": " + words_of(job.error)));
      }
    }
    return table_of(http_.send({.url = job_ + "/results/result"}), threads_);
  }

 private:
  void run() {
    HttpResponse started = http_.send({.method = HttpRequest::Method::post,
                                       .url = job_ + "/phase",
                                       .fields = {{"PHASE", "RUN"}},
                                       .follow = HttpRequest::Follow::moved});
    // A repeated RUN may be rejected although the first was received: then the phase tells.
    if (started.status >= 400 && state(0).phase == "PENDING")
      throw_status(started, "a started job");
  }

  /// The job's state, either immediately, or when its phase changes or after `wait_s`.
  UwsJob state(int wait_s) {
    const std::string query = wait_s > 0 ? fmt::format("?WAIT={}", wait_s) : "";
    HttpResponse response = http_.send({.url = job_ + query});
    if (response.status != 200) throw_status(response, "the job's state");
    return as_service([&] { return parse_job(response.text(), response.url); });
  }

  /// Waits until the job's phase differs from `phase` and returns its state. WAIT lets the service
  /// delay the answer (UWS 1.1); a service without it answers at once, and is polled with growing
  /// pauses.
  UwsJob wait(const std::string& phase) {
    const int longest_wait =
        std::clamp(static_cast<int>(http_.settings().stall_timeout_s / 2), 1, 60);
    double pause = 0.2;
    for (;;) {
      const auto asked = Clock::now();
      UwsJob job = state(phase.empty() ? 0 : longest_wait);
      if (progress_) progress_("the service's job: " + lower(job.phase), 0, 0);
      if (job.phase != phase) return job;
      const std::chrono::duration<double> all = Clock::now() - started_,
                                          last = Clock::now() - asked;
      if (all.count() > settings_.longest_job_s)
        throw Error(ErrorKind::service, "the service's job takes too long", job_,
                    fmt::format("completion within {:.0f} s", settings_.longest_job_s), phase);
      if (last.count() < longest_wait * 0.5) http_.pause(pause);
      pause = std::min(pause * 1.5, 10.0);
    }
  }

  [[noreturn]] void fail_with_its_error(const UwsJob& job) {
    HttpResponse response = http_.send({.url = job_ + "/error"});
    if (response.status == 200) {
      const std::string text = response.text();
      if (!std::string_view(trim(text)).starts_with('<') && !trim(text).empty())
        throw Error(ErrorKind::service, "the service returned an error", job_, "a table",
                    words_of(text));
      table_of(std::move(response), threads_);  // throws the reported error
    }
    throw Error(ErrorKind::service, "the service returned an error", job_, "a table",
                job.error.empty() ? "phase ERROR" : words_of(job.error));
  }

  HttpClient& http_;
  const TapSettings& settings_;
  const Threads& threads_;
  const Progress& progress_;
  std::string job_;
  Clock::time_point started_ = Clock::now();
};

}  // namespace

ServiceTable::ServiceTable(HttpResponse response, const Threads& threads)
    : io::TableReader(response.url), response_(std::move(response)) {
  const std::string path = response_.body->path();
  const auto source = io::ByteSource::open(path, name_);
  const std::string head(as_service([&] { return source->peek(); }));
  const std::string_view start = trim(head);
  const bool page = io::is_web_page(start);
  const bool utf16 = head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff");
  if (page || (!utf16 && !start.starts_with('<') && !start.starts_with("\xef\xbb\xbf<")))
    throw Error(ErrorKind::service,
                page ? "the service returned a web page" : "the service returned text", name_,
                "a VOTable", head.empty() ? "nothing" : in_quotes(words_of(head)));
  reader_ = as_service([&] { return io::open_votable_file(path, name_, threads); });
  header_ = reader_->header();
}

void ServiceTable::read_rows(Table& batch, size_t max_rows) {
  as_service([&] { reader_->read(batch, max_rows); });
}

Table read_as(ServiceTable& answer, const std::vector<std::string>& names) {
  Table table = io::read_table(answer);
  for (const std::string& name : names) {
    Column* other = nullptr;
    bool is_there = false;
    for (Column& column : table.columns) {
      is_there = is_there || column.field.name == name;
      if (lower(column.field.name) == lower(name)) other = &column;
    }
    if (other && !is_there) other->field.name = name;
  }
  return table;
}

std::unique_ptr<ServiceTable> post_form(HttpClient& http, const std::string& url,
                                        std::vector<FormField> fields, const Threads& threads) {
  return table_of(
      http.send({.method = HttpRequest::Method::post, .url = url, .fields = std::move(fields)}),
      threads);
}

std::unique_ptr<ServiceTable> query_tap(HttpClient& http, const std::string& url,
                                        const TapQuery& query, const TapSettings& settings,
                                        const Threads& threads, const Progress& progress) {
  if (query.asynchronous) return AsyncJob(http, url, query, settings, threads, progress).result();
  return post_form(http, base_url(url) + "/sync", query_fields(query), threads);
}

}  // namespace uhuru::vo
