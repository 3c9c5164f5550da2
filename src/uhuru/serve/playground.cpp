#include "uhuru/serve/playground.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "uhuru/base/embedded.hpp"
#include "uhuru/base/hash.hpp"
#include "uhuru/io/byte_source.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/serve/json_cells.hpp"
#include "uhuru/serve/table_file.hpp"

namespace uhuru::serve {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view pages_folder = "web/playground/";
constexpr std::string_view images_folder = "web/images/";
constexpr const char* api_document = "web/api/openapi.json";

constexpr const char* page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'self'; form-action 'none'; "
    "frame-ancestors 'self'";
/// Aladin Lite fetches images and catalogs from any host, and sets inline styles.
constexpr const char* images_policy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' https: data: blob:; connect-src 'self' https: data: blob:; "
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

/// A handler that answers with a constant text, or with 304 if the client has it.
httpd::Route::Handler file_handler(std::string_view path, std::string text, const char* policy) {
  httpd::Answer answer = httpd::text_answer(media_type(std::string(path)), std::move(text));
  const std::string tag = "\"" + sha256_of_text(*answer.text).substr(0, 32) + "\"";
  answer.set_header("ETag", tag);
  answer.set_header("Content-Security-Policy", policy);
  return [answer, tag](const httpd::Request& request) {
    const std::string& known = request.header("if-none-match");
    if (known != "*" && known.find(tag) == known.npos) return answer;
    httpd::Answer unchanged = answer;
    unchanged.status = 304;
    unchanged.type.clear();
    unchanged.text.reset();
    return unchanged;
  };
}

httpd::Answer download(const TableFile& file) {
  httpd::Answer answer = httpd::file_answer(media_type(file.name), file.descriptor, file.size);
  answer.set_header("Content-Disposition", "attachment; filename=\"" + file.name + "\"");
  return answer;
}

/// An uploaded table, open for reading.
class Upload {
 public:
  Upload(const httpd::Request& request, const UploadLimits& limits, const Threads& threads) {
    constexpr const char* name = "upload.csv";  // so that one column may be typed
    const io::SpooledFile* file = request.large_body.get();
    const auto source = file ? io::ByteSource::open(file->path(), name)
                             : io::ByteSource::from_memory(request.small_body, name);
    unpack(*source, limits);
    if (unpacked_) file = &*unpacked_;
    reader_ = file ? io::open_table_file(file->path(), name, threads)
                   : io::open_table_in_memory(request.small_body, name, threads);
  }
  io::TableReader& reader() { return *reader_; }

 private:
  /// Unpacks gzip up to a limit: it could expand without end, and readers read a table twice.
  void unpack(io::ByteSource& source, const UploadLimits& limits) {
    source.peek();
    if (!source.was_gzip()) return;
    unpacked_.emplace();
    bool is_first = true;
    for (auto bytes = source.next(); !bytes.empty(); bytes = source.next()) {
      if (std::exchange(is_first, false) && bytes.starts_with("\x1f\x8b"))
        throw input_error("the table is compressed twice", source.name(),
                          "a table compressed once with gzip");
      unpacked_->write(bytes);
      if (unpacked_->size() > limits.unpacked_bytes)
        throw input_error("the table is too large", source.name(),
                          fmt::format("at most {} MiB uncompressed", limits.unpacked_bytes >> 20));
    }
  }

  std::optional<io::SpooledFile> unpacked_;
  std::unique_ptr<io::TableReader> reader_;
};

}  // namespace

Playground::Playground(PlaygroundOptions options, const Threads& threads)
    : options_(std::move(options)),
      threads_(threads),
      api_(options_.catalog, options_.services, threads, options_.users),
      classifier_(UploadLimits(), threads) {
  if (!options_.model.empty())
    if (model::RecipeModel model = model::load_model(options_.model); model.has_classes())
      classifier_.add("catalog", "This catalog's own model", std::move(model));
  classifier_.add("csc2-published", "The published model of Chandra's catalog",
                  model::load_model("csc2-published"));
  ordered_json about = {{"version", UHURU_VERSION}, {"title", options_.title}};
  about.update(api_.description());
  about["models"] = classifier_.models();
  const model::RecipeModel* own = classifier_.find("catalog");
  if (own && own->bayes) explaining_ = own;
  about["explains"] = explaining_ != nullptr;
  about["upload_limit_bytes"] = classifier_.limits().bytes;
  about["aladin"] = has_file("web/images/index.html");
  description_ = json_text(about);
  page_ = page_of(std::string(pages_folder) + "index.html", options_.public_url);
}

bool Playground::has_pages() { return has_file("web/playground/index.html"); }

void Playground::add_routes(httpd::Router& router) {
  add_api_routes(router, api_);
  router.get("/api/catalog", api_handler([this](const httpd::Request& request) {
               Query(request.parameters).end();
               return httpd::text_answer(json_type, description_);
             }));
  router.get("/api/openapi.json", [](const httpd::Request&) {
    return httpd::text_answer(json_type, std::string(content_of(api_document)));
  });
  router.add({.method = "GET",
              .path = "/api/download",
              .handler = api_handler([this](const httpd::Request& request) {
                return download(make_table_file([&](const io::TemporaryFolder& folder) {
                  return api_.write_sources(request.parameters, folder,
                                            [&] { request.check_wanted(); });
                }));
              }),
              .is_slow = httpd::Route::always_slow});
  router.add(
      {.method = "POST",
       .path = "/api/classify",
       .handler = api_handler([this](const httpd::Request& request) { return classify(request); }),
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
  Upload upload(request, classifier_.limits(), threads_);
  if (!asks_for_file(request.parameters))
    return http_answer(
        classifier_.classify(request.parameters, upload.reader(), request.is_unwanted));
  return download(make_table_file([&](const io::TemporaryFolder& folder) {
    return classifier_.write(request.parameters, upload.reader(), folder, request.is_unwanted);
  }));
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
    const auto handler = file_handler(file.path, page_of(file.path, options_.public_url),
                                      images ? images_policy : page_policy);
    const std::string name(file.path.substr((images ? images_folder : pages_folder).size()));
    if (images)
      router.get(name == "index.html" ? "/images" : "/images/" + name, handler);
    else if (name == "index.html")
      for (const char* page : {"/", "/properties", "/table", "/classify", "/about", "/source/*"})
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
  answer.set_header("Content-Security-Policy", page_policy);
  return answer;
}

}  // namespace uhuru::serve
