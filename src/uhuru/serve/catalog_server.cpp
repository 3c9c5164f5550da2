#include "uhuru/serve/catalog_server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/httpd/addresses.hpp"
#include "uhuru/httpd/http_server.hpp"
#include "uhuru/httpd/router.hpp"
#include "uhuru/jobs/catalog_file.hpp"
#include "uhuru/serve/cone_search.hpp"
#include "uhuru/serve/pages.hpp"
#include "uhuru/serve/playground.hpp"
#include "uhuru/serve/pool.hpp"
#include "uhuru/serve/public_url.hpp"
#include "uhuru/serve/table_file.hpp"
#include "uhuru/serve/votable_answer.hpp"
#include "uhuru/tables/run_files.hpp"
#include "uhuru/tables/run_folder.hpp"
#include "uhuru/vo/services.hpp"

namespace uhuru::serve {
namespace {

namespace fs = std::filesystem;

std::string title_of(const jobs::ServedCatalog& served, const ServeOptions& options) {
  return options.title.empty() ? served.title : options.title;
}

/// The validation.json in the folder of a run, or beside its catalog; empty if there is none.
std::string validation_of(const jobs::ServedCatalog& served, const std::string& path) {
  const bool is_folder = fs::is_directory(path);
  if (!is_folder && served.folder) return {};  // a table, beside which anything may be
  const fs::path folder = is_folder ? fs::path(path) : fs::absolute(path).parent_path();
  const std::string file = (folder / "validation.json").string();
  return fs::exists(file) ? file : "";
}

/// Throws Error (input) if the services file names no resolver of names.
vo::Services outside_services(const std::string& name) {
  vo::Services services = vo::load_services(name);
  if (services.counterparts.names.empty())
    throw input_error("the services file has no address to look names up", name,
                      "names in the section [simbad], as `uhuru fetch services` prints it");
  return services;
}

PlaygroundOptions playground_options(const catalog::DatabaseFile& catalog,
                                     const jobs::ServedCatalog& served, const ServeOptions& options,
                                     const std::optional<PublicUrl>& public_url, int users) {
  return {.catalog = catalog,
          .title = title_of(served, options),
          .model = served.model,
          .public_url = public_url,
          .users = users,
          .samp = options.samp,
          .validation = validation_of(served, options.catalog),
          .outside = options.outside.empty() ? std::nullopt
                                             : std::optional(outside_services(options.outside))};
}

/// The host in a Host header, without the port and the brackets of IPv6.
std::string host_name(std::string host) {
  const size_t colon = host.rfind(':');
  // Several colons without brackets: IPv6 without a port.
  if (colon != host.npos && (host.find(':') == colon || host.find("]:") == colon - 1))
    host.erase(colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  return bracketed ? host.substr(1, host.size() - 2) : host;
}

/// Whether pages of other origins may read answers for a path if the server is public.
bool is_for_everybody(std::string_view path) {
  return path.starts_with("/api/") || path == "/scs" || path == "/catalog.vot" ||
         path == "/catalog.fits" || path == "/capabilities" || path == "/availability";
}

}  // namespace

class CatalogServer::Service {
 public:
  explicit Service(const ServeOptions& options)
      : served_(
            jobs::find_or_make_catalog(options.catalog, options.table, Threads(options.threads))),
        file_(served_.catalog),
        example_(example_position(file_)),
        own_address_(options.address),
        is_public_(options.is_public),
        server_(options.address, options.port),
        votable_(file_, "catalog.vot", {title_of(served_, options), ""}),
        fits_(file_, "catalog.fits", {title_of(served_, options), ""}) {
    file_.note_content();
    const fs::path path = fs::absolute(file_.name());
    if (path.filename() == tables::run_file::catalog)
      tables::check_catalog_folder(path.parent_path().string(),
                                   catalog::Catalog(file_).meta("run"));
    if (!options.public_url.empty()) public_url_ = parse_public_url(options.public_url);
    limits_.quick_threads = static_cast<size_t>(std::max(options.threads, 1));
    const int users = static_cast<int>(limits_.quick_threads + limits_.slow_threads);
    for (int i = 0; i < users; ++i) searches_.add(std::make_unique<ConeSearch>(file_));
    const bool v6 = options.address.find(':') != std::string::npos;
    url_ = fmt::format("http://{}{}{}:{}", v6 ? "[" : "", options.address, v6 ? "]" : "",
                       server_.port());
    if (!options.vo_only)
      playground_.emplace(playground_options(file_, served_, options, public_url_, users),
                          Threads(options.threads));
    add_routes();
  }

  const std::string& local_url() const { return url_; }
  std::string url() const { return public_url_ ? public_url_->text() : url_; }
  bool has_positions() {
    return searches_.with([](ConeSearch& search) {
      const auto& columns = search.catalog().columns();
      return std::any_of(columns.begin(), columns.end(),
                         [](const catalog::CatalogColumn& column) { return column.role == "ra"; });
    });
  }
  std::string example() const { return example_query(example_); }
  uint64_t source_count() {
    return searches_.with([](ConeSearch& search) { return search.catalog().source_count(); });
  }
  const std::vector<std::string>& notes() const { return served_.notes; }
  bool has_pages() const { return playground_ && Playground::has_pages(); }
  void end() { server_.end(); }
  void run() {
    server_.run(
        {.answer = [this](const httpd::Request& request) { return answer(request); },
         .is_slow =
             [this](const httpd::Request& request) {
               return file_.is_whole() && router_.is_slow(request);
             },
         .max_body_bytes =
             [this](const httpd::Request& request) { return router_.max_body_bytes(request); },
         .prefix = public_url_ ? public_url_->prefix : ""},
        limits_);
  }

 private:
  httpd::Answer answer(const httpd::Request& request) {
    httpd::Answer answer =
        is_asked_for(request)
            ? routed_answer(request)
            : httpd::error_answer(403, "this server answers only to its own host name");
    const bool is_open = is_public_ && is_for_everybody(request.path);
    answer.add_header("Cache-Control", "no-cache");
    answer.add_header("Referrer-Policy", "same-origin");
    answer.add_header("Cross-Origin-Resource-Policy", is_open ? "cross-origin" : "same-origin");
    answer.add_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
    if (is_open) allow_other_origins(request, answer);
    return answer;
  }

  /// No answer is made from a catalog that somebody has written to: it could mix two.
  httpd::Answer routed_answer(const httpd::Request& request) {
    std::optional<httpd::Answer> answer;
    if (file_.is_whole()) {
      try {
        answer = router_.answer(request);
      } catch (const Error&) {
        answer = httpd::error_answer(500, "the catalog cannot be read, or the disk is full");
      }
    }
    if (answer && file_.is_whole()) return std::move(*answer);
    return httpd::error_answer(
        503,
        "the file of the catalog has been changed; it is served again when it is "
        "as before, or after a restart");
  }

  /// Source: the Fetch standard, CORS protocol; Private Network Access.
  static void allow_other_origins(const httpd::Request& request, httpd::Answer& answer) {
    answer.set_header("Access-Control-Allow-Origin", "*");
    answer.set_header("Access-Control-Expose-Headers", "X-Count, X-Missing, Content-Disposition");
    if (request.method != "OPTIONS") return;
    answer.set_header("Access-Control-Allow-Methods", "GET, HEAD");
    answer.set_header("Access-Control-Allow-Private-Network", "true");
  }

  void add_routes() {
    router_.add(
        {.method = "GET",
         .path = "/scs",
         .handler =
             [this](const httpd::Request& request) {
               return searches_.with([&](ConeSearch& search) { return search.answer(request); });
             },
         .is_slow =
             [this](const httpd::Request& request) {
               return searches_.with([&](ConeSearch& search) { return search.is_long(request); });
             }});
    if (!has_pages())
      add_page("/", "text/html; charset=utf-8",
               [this](const catalog::Catalog& catalog, const std::string& url) {
                 return index_page(catalog, url, example_);
               });
    add_page("/capabilities", "text/xml", [this](const catalog::Catalog&, const std::string& url) {
      return capabilities_document(url, example_);
    });
    add_page("/availability", "text/xml",
             [](const catalog::Catalog&, const std::string&) { return availability_document(); });
    add_table("/catalog.vot", votable_type, votable_);
    add_table("/catalog.fits", "application/fits", fits_);
    if (playground_) playground_->add_routes(router_);
  }

  template <class Make>
  void add_page(const char* path, const char* type, Make make) {
    router_.get(path, [=, this](const httpd::Request& request) {
      return httpd::text_answer(type, searches_.with([&](ConeSearch& search) {
        return make(search.catalog(), url_for(request));
      }));
    });
  }

  void add_table(const char* path, const char* type, WholeTable& table) {
    router_.add({.method = "GET",
                 .path = path,
                 .handler =
                     [=, &table](const httpd::Request& request) {
                       const TableFile file = table.file([&] { request.check_wanted(); });
                       return httpd::file_answer(type, file.descriptor, file.size);
                     },
                 .is_slow = httpd::Route::always_slow});
  }

  /// The URL that the client used: clients cannot reach an address such as 0.0.0.0.
  std::string url_for(const httpd::Request& request) const {
    if (public_url_) return public_url_->text();
    const std::string& host = request.header("host");
    constexpr const char* known =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]";
    return host.empty() || host.find_first_not_of(known) != host.npos ? url_ : "http://" + host;
  }

  /// Whether the Host header names this machine, if only this machine can reach the server: another
  /// site could point its own name here (DNS rebinding). A reverse proxy has to check hosts itself.
  bool is_asked_for(const httpd::Request& request) const {
    if (!server_.is_loopback() || public_url_) return true;
    // A name that only starts like an address may be another site's: 127.0.0.1.evil.example
    const std::string name = lower(host_name(request.header("host")));
    return name.empty() || name == "localhost" || httpd::is_loopback_number(name) ||
           name == lower(own_address_);
  }

  jobs::ServedCatalog served_;
  catalog::DatabaseFile file_;  // stays the same catalog even if its name is replaced
  sky::SkyPosition example_;
  std::string own_address_, url_;
  std::optional<PublicUrl> public_url_;
  bool is_public_;
  httpd::HttpLimits limits_;
  httpd::HttpServer server_;
  httpd::Router router_;
  Pool<ConeSearch> searches_;
  std::optional<Playground> playground_;
  WholeTable votable_, fits_;
};

CatalogServer::CatalogServer(const ServeOptions& options)
    : service_(std::make_unique<Service>(options)) {}

CatalogServer::~CatalogServer() = default;

std::string CatalogServer::local_url() const { return service_->local_url(); }

std::string CatalogServer::url() const { return service_->url(); }

bool CatalogServer::has_positions() const { return service_->has_positions(); }

std::string CatalogServer::example() const { return service_->example(); }

uint64_t CatalogServer::source_count() const { return service_->source_count(); }

const std::vector<std::string>& CatalogServer::notes() const { return service_->notes(); }

bool CatalogServer::has_pages() const { return service_->has_pages(); }

void CatalogServer::run() { service_->run(); }

void CatalogServer::end() { service_->end(); }

}  // namespace uhuru::serve
