#include "uhuru/serve/catalog_server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/httpd/answers.hpp"
#include "uhuru/httpd/http_server.hpp"
#include "uhuru/serve/cone_search.hpp"
#include "uhuru/serve/pages.hpp"
#include "uhuru/serve/playground.hpp"
#include "uhuru/serve/pool.hpp"
#include "uhuru/serve/table_file.hpp"

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

PlaygroundOptions playground_options(const DatabaseFile& catalog, const ServeOptions& options) {
  const fs::path folder = fs::absolute(catalog.name()).parent_path();
  const std::string model = (folder / "model.json").string();
  return {catalog, options.title.empty() ? folder.filename().string() : options.title,
          fs::exists(model) ? model : "", load_services("default")};
}

/// The host of a Host header, without the port and the brackets of IPv6.
std::string host_name(std::string host) {
  const size_t colon = host.rfind(':');
  // Several colons without brackets are IPv6 without a port.
  if (colon != host.npos && (host.find(':') == colon || host.find("]:") == colon - 1))
    host.erase(colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  return bracketed ? host.substr(1, host.size() - 2) : host;
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

}  // namespace

class CatalogServer::Service {
 public:
  explicit Service(const ServeOptions& options)
      : file_(catalog_file(options.catalog)),
        example_(example_position(file_)),
        own_address_(options.address),
        server_(options.address, options.port),
        votable_(file_, "catalog.vot"),
        fits_(file_, "catalog.fits") {
    for (int i = 0; i < std::max(options.threads, 1); ++i)
      searches_.add(std::make_unique<ConeSearch>(file_));
    const bool v6 = options.address.find(':') != std::string::npos;
    url_ = fmt::format("http://{}{}{}:{}", v6 ? "[" : "", options.address, v6 ? "]" : "",
                       server_.listener().port());
    if (!options.vo_only)
      playground_.emplace(playground_options(file_, options), Threads(options.threads));
    route(options.threads);
  }

  const std::string& url() const { return url_; }
  std::string example() const { return example_query(example_); }
  uint64_t source_count() {
    return searches_.with([](ConeSearch& search) { return search.catalog().source_count(); });
  }
  bool has_pages() const { return playground_ && Playground::has_pages(); }
  void run() { server_.run(); }
  void end() { server_.end(); }

 private:
  void route(int threads) {
    server_.set_default_headers(
        {{"X-Content-Type-Options", "nosniff"},
         {"Cache-Control", "no-cache"},
         {"Referrer-Policy", "same-origin"},
         {"Cross-Origin-Resource-Policy", "same-origin"},
         {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"}});
    server_.limits.quick_threads = static_cast<size_t>(std::max(threads, 1));
    server_.is_slow = [](std::string_view method, std::string_view path) {
      return path == "/catalog.vot" || path == "/catalog.fits" || Playground::is_slow(method, path);
    };
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
      answer_text(response, "text/xml;content=x-votable", searches_.with([&](ConeSearch& search) {
        return search.answer(request.params);
      }));
    });
    if (!has_pages())
      page("/", "text/html; charset=utf-8", [this](const Catalog& catalog, const std::string& url) {
        return index_page(catalog, url, example_);
      });
    page("/capabilities", "text/xml", [this](const Catalog&, const std::string& url) {
      return capabilities_document(url, example_);
    });
    page("/availability", "text/xml",
         [](const Catalog&, const std::string&) { return availability_document(); });
    whole_table("/catalog.vot", "application/x-votable+xml", votable_);
    whole_table("/catalog.fits", "application/fits", fits_);
    if (playground_) playground_->add_routes(server_);
  }

  template <class Make>
  void page(const char* path, const char* type, Make make) {
    server_.Get(path, [=, this](const Request& request, Response& response) {
      answer_text(response, type, searches_.with([&](ConeSearch& search) {
        return make(search.catalog(), url_for(request));
      }));
    });
  }

  void whole_table(const char* path, const char* type, WholeTable& table) {
    server_.Get(path, [=, &table](const Request&, Response& response) {
      const TableFile file = table.file();
      answer_file(response, type, file.descriptor, file.size);
    });
  }

  /// Where the client reached this server: at an address such as 0.0.0.0 nobody could.
  std::string url_for(const Request& request) const {
    const std::string host = request.get_header_value("Host");
    constexpr const char* known =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]";
    return host.empty() || host.find_first_not_of(known) != host.npos ? url_ : "http://" + host;
  }

  /// A page of another place that had its own name point here would not know ours.
  bool is_asked_for(const Request& request) const {
    if (!server_.listener().is_loopback()) return true;
    // A name that merely begins as a number does is another's to point here: 127.0.0.1.evil.example
    const std::string name = lower(host_name(request.get_header_value("Host")));
    return name.empty() || name == "localhost" || is_loopback_number(name) ||
           name == lower(own_address_);
  }

  DatabaseFile file_;  // the one catalog that is served, whatever becomes of its name
  SkyPosition example_;
  std::string own_address_, url_;
  HttpServer server_;
  Pool<ConeSearch> searches_;
  std::optional<Playground> playground_;
  WholeTable votable_, fits_;
};

CatalogServer::CatalogServer(const ServeOptions& options)
    : service_(std::make_unique<Service>(options)) {}

CatalogServer::~CatalogServer() = default;

const std::string& CatalogServer::url() const { return service_->url(); }

std::string CatalogServer::example() const { return service_->example(); }

uint64_t CatalogServer::source_count() const { return service_->source_count(); }

bool CatalogServer::has_pages() const { return service_->has_pages(); }

void CatalogServer::run() { service_->run(); }

void CatalogServer::end() { service_->end(); }

}  // namespace uhuru
