#include "uhuru/serve/catalog_server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/serve/api_routes.hpp"
#include "uhuru/serve/cone_search.hpp"
#include "uhuru/serve/http_server.hpp"
#include "uhuru/serve/pages.hpp"
#include "uhuru/serve/pool.hpp"
#include "uhuru/serve/whole_table.hpp"

namespace uhuru {
namespace {

namespace fs = std::filesystem;
using httplib::Request;
using httplib::Response;

std::string catalog_file(const std::string& path) {
  if (!fs::is_directory(path)) return path;
  std::string file = (fs::path(path) / "catalog.sqlite").string();
  if (!fs::exists(file))
    throw input_error("there is no catalog in the folder", path,
                      "catalog.sqlite, which `uhuru catalog DIR` makes of a run's folder");
  return file;
}

/// The host of a Host header, without the port.
std::string_view host_name(std::string_view host) {
  const size_t colon = host.rfind(':');
  return colon == host.npos || host.ends_with(']') ? host : host.substr(0, colon);
}

const char* explanation(int status) {
  switch (status) {
    case 403:
      return "this server answers only under its own name";
    case 404:
      return "there is no such page; / says what there is";
    case 413:
    case 414:
      return "the request is too large";
    case 416:
      return "there is no such part";
    default:
      return status < 500 ? "the request cannot be understood" : "the catalog cannot be read";
  }
}

/// Answers with `size` bytes that `send(offset, length, sink)` sends. Parts are those of the
/// request's range; a provider is also what keeps httplib from packing answers as small as it can.
void answer_with(const Request& request, Response& response, const std::string& type, size_t size,
                 const httplib::ContentProvider& send) {
  const auto fits = [&](const httplib::Range& range) {
    return range.first < 0 ? range.second <= static_cast<ssize_t>(size)
                           : range.first < static_cast<ssize_t>(size);
  };
  if (request.ranges.size() > 1 ||
      !std::all_of(request.ranges.begin(), request.ranges.end(), fits)) {
    response.status = 416;
    return;
  }
  response.set_content_provider(size, type, send);
}

void answer_text(const Request& request, Response& response, const std::string& type,
                 std::string text) {
  const auto shared = std::make_shared<const std::string>(std::move(text));
  answer_with(request, response, type, shared->size(),
              [shared](size_t offset, size_t length, httplib::DataSink& sink) {
                const auto part = std::string_view(*shared).substr(offset, length);
                return sink.write(part.data(), part.size());
              });
}

}  // namespace

class CatalogServer::Service {
 public:
  explicit Service(const ServeOptions& options)
      : path_(catalog_file(options.catalog)),
        own_address_(options.address),
        server_(options.address, options.port),
        api_(path_, load_services("default"), Threads(options.threads)),
        votable_(path_, "catalog.vot"),
        fits_(path_, "catalog.fits") {
    for (int i = 0; i < std::max(options.threads, 1); ++i)
      searches_.add(std::make_unique<ConeSearch>(path_));
    const bool v6 = options.address.find(':') != std::string::npos;
    url_ = fmt::format("http://{}{}{}:{}", v6 ? "[" : "", options.address, v6 ? "]" : "",
                       server_.listener().port());
    route();
  }

  const std::string& url() const { return url_; }
  std::string example() const { return example_query(example_position(path_)); }
  uint64_t source_count() {
    return searches_.with([](ConeSearch& search) { return search.catalog().source_count(); });
  }
  void run() { server_.run(); }
  void end() { server_.end(); }

 private:
  void route() {
    server_.set_default_headers(
        {{"X-Content-Type-Options", "nosniff"},
         {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"}});
    server_.set_keep_alive_max_count(1000);
    server_.set_pre_routing_handler([this](const Request& request, Response& response) {
      if (is_asked_for(request)) return httplib::Server::HandlerResponse::Unhandled;
      response.status = 403;
      return httplib::Server::HandlerResponse::Handled;
    });
    server_.set_exception_handler([](const Request&, Response& response,
                                     const std::exception_ptr&) { response.status = 500; });
    server_.set_error_handler([](const Request&, Response& response) {
      if (!response.body.empty()) return;
      response.set_content(
          fmt::format("Error {}: {}\n", response.status, explanation(response.status)),
          "text/plain");
    });
    server_.Get("/scs", [this](const Request& request, Response& response) {
      answer_text(
          request, response, "text/xml;content=x-votable",
          searches_.with([&](ConeSearch& search) { return search.answer(request.params); }));
    });
    add_api_routes(server_, api_);
    page("/", "text/html; charset=utf-8",
         [this](const Catalog& catalog) { return index_page(catalog, url_); });
    page("/capabilities", "text/xml",
         [this](const Catalog& catalog) { return capabilities_document(catalog, url_); });
    page("/availability", "text/xml", [](const Catalog&) { return availability_document(); });
    whole_table("/catalog.vot", "application/x-votable+xml", votable_);
    whole_table("/catalog.fits", "application/fits", fits_);
  }

  template <class Make>
  void page(const char* path, const char* type, Make make) {
    server_.Get(path, [=, this](const Request& request, Response& response) {
      answer_text(request, response, type,
                  searches_.with([&](ConeSearch& search) { return make(search.catalog()); }));
    });
  }

  void whole_table(const char* path, const char* type, WholeTable& table) {
    server_.Get(path, [=, &table](const Request& request, Response& response) {
      answer_with(request, response, type, table.size(),
                  [&table](size_t offset, size_t length, httplib::DataSink& sink) {
                    std::array<char, 65536> bytes;
                    const size_t got =
                        table.read(offset, bytes.data(), std::min(length, bytes.size()));
                    return got > 0 && sink.write(bytes.data(), got);
                  });
    });
  }

  /// A page of another place that had its own name point here would not know ours.
  bool is_asked_for(const Request& request) const {
    if (!server_.listener().is_loopback()) return true;
    const std::string host = request.get_header_value("Host");
    const auto name = host_name(host);
    return name.empty() || lower(name) == "localhost" || name.starts_with("127.") ||
           name == "[::1]" || name == own_address_;
  }

  std::string path_, own_address_, url_;
  HttpServer server_;
  Pool<ConeSearch> searches_;
  CatalogApi api_;
  WholeTable votable_, fits_;
};

CatalogServer::CatalogServer(const ServeOptions& options)
    : service_(std::make_unique<Service>(options)) {}

CatalogServer::~CatalogServer() = default;

const std::string& CatalogServer::url() const { return service_->url(); }

std::string CatalogServer::example() const { return service_->example(); }

uint64_t CatalogServer::source_count() const { return service_->source_count(); }

void CatalogServer::run() { service_->run(); }

void CatalogServer::end() { service_->end(); }

}  // namespace uhuru
