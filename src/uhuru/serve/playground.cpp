#include "uhuru/serve/playground.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "uhuru/base/embedded.hpp"
#include "uhuru/base/hash.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/named_text.hpp"
#include "uhuru/serve/constant_text.hpp"
#include "uhuru/serve/json_cells.hpp"
#include "uhuru/serve/run_facts.hpp"
#include "uhuru/serve/source_filters.hpp"
#include "uhuru/serve/table_file.hpp"
#include "uhuru/serve/upload.hpp"
#include "uhuru/serve/upload_positions.hpp"

namespace uhuru::serve {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view pages_folder = "web/playground/";
constexpr std::string_view images_folder = "web/images/";
constexpr const char* api_document = "web/api/openapi.json";

/// Where the SAMP standard has hubs listen for pages (Web Profile).
constexpr const char* samp_hub = " http://localhost:21012";

std::string page_policy(bool samp) {
  return fmt::format(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
      "connect-src 'self'{}; frame-src 'self'; base-uri 'self'; form-action 'none'; "
      "frame-ancestors 'self'",
      samp ? samp_hub : "");
}
/// Aladin Lite fetches images and catalogs from any host, also those of a local network, and sets
/// inline styles.
constexpr const char* images_policy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' https: http: data: blob:; connect-src 'self' https: http: data: blob:; "
    "font-src 'self' data:; worker-src 'self' blob:; base-uri 'self'; form-action 'none'; "
    "frame-ancestors 'self'";

bool has_file(std::string_view path) {
  const auto files = embedded_files();
  return std::any_of(files.begin(), files.end(),
                     [&](const EmbeddedFile& file) { return file.path == path; });
}

std::string_view content_of(std::string_view path) {
  for (const EmbeddedFile& file : embedded_files())
    if (file.path == path) return file.content;
  return {};
}

/// A page for clients: its links are relative to the prefix of the public URL.
std::string page_of(std::string_view path, const std::optional<PublicUrl>& public_url) {
  constexpr std::string_view base = "<base href=\"/\">";
  std::string page(content_of(path));
  const size_t at = page.find(base);
  if (at != page.npos && public_url)
    page.replace(at, base.size(), fmt::format("<base href=\"{}/\">", public_url->prefix));
  return page;
}

CatalogOrigin known_origin(const PlaygroundOptions& options) {
  return {options.title, options.model.empty() ? "" : sha256_of_file(options.model)};
}

httpd::Answer download(const TableFile& file) {
  httpd::Answer answer = httpd::file_answer(media_type(file.name), file.descriptor, file.size);
  answer.set_header("Content-Disposition", "attachment; filename=\"" + file.name + "\"");
  return answer;
}

}  // namespace

Playground::Playground(PlaygroundOptions options, const Threads& threads)
    : options_(std::move(options)),
      threads_(threads),
      api_(options_.catalog, threads, options_.users, known_origin(options_)),
      classifier_(UploadLimits(), threads) {
  if (!options_.model.empty())
    if (model::RecipeModel model = model::load_model(options_.model); model.has_classes())
      classifier_.add("catalog", "This catalog's own model", std::move(model));
  constexpr const char* published = "csc2-published";
  model::RecipeModel model = model::load_model(published);
  std::string title = fmt::format("{}: {}", published, model.recipe.description);
  classifier_.add(published, std::move(title), std::move(model));
  ordered_json about = {{"version", UHURU_VERSION}, {"title", options_.title}};
  about.update(api_.description());
  about["models"] = classifier_.models();
  const model::RecipeModel* own = classifier_.find("catalog");
  if (own && own->bayes && api_.has_features(own->recipe)) explaining_ = own;
  about["explains"] = explaining_ != nullptr;
  about["upload_limit_bytes"] = classifier_.limits().bytes;
  about["samp"] = options_.samp;
  about["aladin"] = has_file("web/images/index.html");
  about["outside"] = options_.outside.has_value();
  if (options_.outside)
    names_.emplace(options_.outside->counterparts.names, options_.outside->http);
  run_ = about_run();
  description_ = json_text(about);
  page_ = page_of(std::string(pages_folder) + "index.html", options_.public_url);
}

bool Playground::has_pages() { return has_file("web/playground/index.html"); }

void Playground::add_routes(httpd::Router& router) {
  const auto is_foreign = [this](const httpd::Request& request) {
    return comes_from_elsewhere(request);
  };
  add_api_routes(router, api_, is_foreign);
  const auto description = constant_text(json_type, description_, {});
  router.get("/api/catalog", api_handler([description](const httpd::Request& request) {
               Query(request.parameters).end();
               return description(request);
             }));
  router.get("/api/run", api_handler([this](const httpd::Request& request) {
               Query(request.parameters).end();
               return httpd::text_answer(json_type, run_);
             }));
  router.add({.method = "GET",
              .path = "/api/moc.fits",
              .handler = api_handler([this](const httpd::Request& request) {
                return download(make_table_file([&](const io::TemporaryFolder& folder) {
                  return api_.write_moc(request.parameters, folder);
                }));
              }),
              .is_slow = httpd::Route::always_slow});
  router.add(
      {.method = "GET",
       .path = "/api/resolve",
       .handler = api_handler([this](const httpd::Request& request) { return resolve(request); }),
       .is_slow = httpd::Route::always_slow});
  router.get("/api/openapi.json", [](const httpd::Request&) {
    return httpd::text_answer(json_type, std::string(content_of(api_document)));
  });
  add_filter_route(router,
                   {.method = "GET",
                    .path = "/api/download",
                    .handler = api_handler([this](const httpd::Request& request) {
                      return download(make_table_file([&](const io::TemporaryFolder& folder) {
                        return api_.write_sources(request.parameters, folder,
                                                  [&] { request.check_wanted(); });
                      }));
                    }),
                    .is_slow = httpd::Route::always_slow},
                   is_foreign);
  router.add(
      {.method = "POST",
       .path = "/api/classify",
       .handler = api_handler([this](const httpd::Request& request) { return classify(request); }),
       .is_slow = httpd::Route::always_slow,
       .max_body_bytes = classifier_.limits().bytes});
  router.add(
      {.method = "POST",
       .path = "/api/positions",
       .handler = api_handler([this](const httpd::Request& request) { return positions(request); }),
       .is_slow = httpd::Route::always_slow,
       .max_body_bytes = classifier_.limits().bytes});
  router.add({.method = "GET",
              .path = "/api/explanation",
              .handler = api_handler([this](const httpd::Request& request) {
                if (!explaining_)
                  throw NotFound(ErrorKind::input, "this catalog's classes cannot be explained", "",
                                 "a catalog served with its model, of the method bayes");
                return http_answer(api_.explanation(request.parameters, *explaining_));
              }),
              .is_slow = httpd::Route::always_slow});
  add_files(router);
  router.not_found = [this](const httpd::Request& request) { return not_found(request); };
}

httpd::Answer Playground::classify(const httpd::Request& request) const {
  if (comes_from_elsewhere(request))
    return httpd::error_answer(403, "only the server's own pages may upload tables");
  Upload upload(request, classifier_.limits().unpacked_bytes, threads_);
  if (!asks_for_file(request.parameters))
    return http_answer(
        classifier_.classify(request.parameters, upload.reader(), request.is_unwanted));
  return download(make_table_file([&](const io::TemporaryFolder& folder) {
    return classifier_.write(request.parameters, upload.reader(), folder, request.is_unwanted);
  }));
}

httpd::Answer Playground::positions(const httpd::Request& request) const {
  if (comes_from_elsewhere(request))
    return httpd::error_answer(403, "only the server's own pages may upload tables");
  Upload upload(request, classifier_.limits().unpacked_bytes, threads_);
  return http_answer(upload_positions(request.parameters, upload.reader(), request.is_unwanted));
}

/// A validation that cannot be read does not keep the catalog from being served.
std::string Playground::about_run() {
  ordered_json about = run_facts(api_.run_record());
  about["validation"] = nullptr;
  about["validation_problem"] = nullptr;
  try {
    constexpr size_t largest = size_t{64} << 20;
    if (!options_.validation.empty())
      about["validation"] =
          validation_facts(io::load_text(options_.validation, "file", largest), "validation.json");
  } catch (const Error& error) {
    about["validation_problem"] = error.message();
  }
  return json_text(about);
}

/// Other hosts are only asked for pages of this server: another site's could make it send requests.
httpd::Answer Playground::resolve(const httpd::Request& request) {
  if (request.header("sec-fetch-site") == "cross-site")
    return httpd::error_answer(403, "only the server's own pages may ask for names");
  if (!names_)
    throw NotFound(ErrorKind::input, "this server asks no other hosts", request.path,
                   "a server started with --outside-hosts");
  Query query(request.parameters);
  const std::string name(trim(query.text("name", "")));
  query.end();
  return httpd::text_answer(json_type, json_text(names_->resolve(name, request.is_unwanted)));
}

/// Whether a page of another origin made the browser send this request. It could not read the
/// answer, but would keep the server busy.
bool Playground::comes_from_elsewhere(const httpd::Request& request) const {
  const std::string& origin = request.header("origin");
  const std::string& host = request.header("host");
  return !origin.empty() && origin != "http://" + host && origin != "https://" + host &&
         !(options_.public_url && origin == options_.public_url->origin);
}

void Playground::add_files(httpd::Router& router) {
  for (const EmbeddedFile& file : embedded_files()) {
    const bool images = file.path.starts_with(images_folder);
    if (!images && !file.path.starts_with(pages_folder)) continue;
    const auto handler = constant_text(
        media_type(std::string(file.path)), page_of(file.path, options_.public_url),
        {{"Content-Security-Policy", images ? images_policy : page_policy(options_.samp)}});
    const std::string name(file.path.substr((images ? images_folder : pages_folder).size()));
    if (images)
      router.get(name == "index.html" ? "/images" : "/images/" + name, handler);
    else if (name == "index.html")
      for (const char* page :
           {"/", "/properties", "/table", "/views", "/classify", "/about", "/source/*"})
        router.get(page, handler);
    else
      router.get("/" + name, handler);
  }
}

/// Browsers get a page that says so.
httpd::Answer Playground::not_found(const httpd::Request& request) const {
  if (request.path.starts_with("/api/"))
    return http_answer(NotFound(ErrorKind::input, "there is no such path", request.path,
                                "a path listed in /api/openapi.json"));
  if (page_.empty() || request.header("accept").find("text/html") == std::string::npos)
    return httpd::error_answer(404, "there is no such page; see / for what is available");
  httpd::Answer answer = httpd::text_answer(media_type("index.html"), page_, 404);
  answer.set_header("Content-Security-Policy", page_policy(options_.samp));
  return answer;
}

}  // namespace uhuru::serve
