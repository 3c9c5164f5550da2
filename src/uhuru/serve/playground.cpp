#include "uhuru/serve/playground.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "uhuru/base/embedded.hpp"
#include "uhuru/httpd/answers.hpp"
#include "uhuru/io/byte_source.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/serve/json_cells.hpp"
#include "uhuru/serve/table_file.hpp"

namespace uhuru {
namespace {

using httplib::Request;
using httplib::Response;
using nlohmann::ordered_json;

constexpr std::string_view pages_folder = "web/playground/";
constexpr std::string_view images_folder = "web/images/";
constexpr const char* api_document = "web/api/openapi.json";

constexpr const char* page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'";
/// Aladin Lite fetches images and catalogs from whatever host serves them, and sets styles.
constexpr const char* images_policy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' https: data: blob:; connect-src 'self' https: data: blob:; "
    "font-src 'self' data:; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; "
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

void set_policy(Response& response, const char* policy) {
  response.headers.erase("Content-Security-Policy");
  response.set_header("Content-Security-Policy", policy);
}

/// A handler that answers with a built-in file.
auto file_handler(const EmbeddedFile& file, const char* policy) {
  return [=](const Request&, Response& response) {
    set_policy(response, policy);
    answer_text(response, media_type(std::string(file.path)), std::string(file.content));
  };
}

void answer_download(Response& response, const TableFile& file) {
  response.set_header("Content-Disposition", "attachment; filename=\"" + file.name + "\"");
  answer_file(response, media_type(file.name), file.descriptor, file.size);
}

/// Whether a page of another place has its reader's browser send this. It could not see the answer,
/// but would keep the server busy.
bool comes_from_elsewhere(const Request& request) {
  const std::string origin = request.get_header_value("Origin");
  return !origin.empty() && origin != "http://" + request.get_header_value("Host") &&
         origin != "https://" + request.get_header_value("Host");
}

/// A table that was sent, open to be read.
class Upload {
 public:
  Upload(const RequestBody& body, const UploadLimits& limits, const Threads& threads) {
    constexpr const char* name = "the table";
    const auto source = body.path.empty() ? ByteSource::from_memory(body.bytes, name)
                                          : ByteSource::open(body.path, name);
    unpack(*source, limits);
    const std::string path = unpacked_ ? unpacked_->path() : body.path;
    reader_ = path.empty() ? open_table_in_memory(body.bytes, name, threads)
                           : open_table_file(path, name, threads);
  }
  TableReader& reader() { return *reader_; }

 private:
  /// What is packed could be without end; readers go through a table twice.
  void unpack(ByteSource& source, const UploadLimits& limits) {
    source.peek();
    if (!source.was_gzip()) return;
    unpacked_.emplace();
    bool is_first = true;
    for (auto bytes = source.next(); !bytes.empty(); bytes = source.next()) {
      if (std::exchange(is_first, false) && bytes.starts_with("\x1f\x8b"))
        throw input_error("the table is packed twice", source.name(), "a table in one gzip file");
      unpacked_->write(bytes);
      if (unpacked_->size() > limits.unpacked_bytes)
        throw input_error("the table is too large", source.name(),
                          fmt::format("at most {} MiB when unpacked", limits.unpacked_bytes >> 20));
    }
  }

  std::optional<SpooledFile> unpacked_;
  std::unique_ptr<TableReader> reader_;
};

}  // namespace

Playground::Playground(PlaygroundOptions options, const Threads& threads)
    : options_(std::move(options)),
      threads_(threads),
      api_(options_.catalog, options_.services, threads),
      classifier_(UploadLimits(), threads) {
  if (!options_.model.empty())
    if (Model model = load_model(options_.model); model.has_classes())
      classifier_.add("catalog", "This catalog's own model", std::move(model));
  classifier_.add("csc2-published", "The published model of Chandra's catalog",
                  load_model("csc2-published"));
  ordered_json about = {{"version", UHURU_VERSION}, {"title", options_.title}};
  about.update(api_.description());
  about["models"] = classifier_.models();
  about["upload_limit_bytes"] = classifier_.limits().bytes;
  about["aladin"] = has_file("web/images/index.html");
  description_ = json_text(about);
}

bool Playground::has_pages() { return has_file("web/playground/index.html"); }

bool Playground::is_slow(std::string_view method, std::string_view path) {
  return method == "POST" || path == "/api/download";
}

void Playground::add_routes(HttpServer& server) {
  server.limits.body_bytes = classifier_.limits().bytes;
  server.limits.body_path = "/api/classify";
  add_api_routes(server, api_);
  server.Get("/api/catalog", api_handler([this](const Request& request, Response& response) {
               Query(request.params).end();
               answer_api(response, {json_type, description_});
             }));
  server.Get("/api/openapi.json", [](const Request&, Response& response) {
    answer_text(response, json_type, std::string(content_of(api_document)));
  });
  server.Get("/api/download", api_handler([this](const Request& request, Response& response) {
               answer_download(response, make_table_file([&](const TemporaryFolder& folder) {
                                 return api_.write_sources(request.params, folder);
                               }));
             }));
  server.post("/api/classify", api_handler([this](const Request& request, Response& response) {
                if (comes_from_elsewhere(request)) {
                  response.status = 403;
                  return;
                }
                Upload upload(HttpServer::body(), classifier_.limits(), threads_);
                if (asks_for_file(request.params))
                  answer_download(response, make_table_file([&](const TemporaryFolder& folder) {
                                    return classifier_.write(request.params, upload.reader(),
                                                             folder);
                                  }));
                else
                  answer_api(response, classifier_.classify(request.params, upload.reader()));
              }));
  server.Get("/api/.*", api_handler([](const Request& request, Response&) {
               throw NotFound(ErrorKind::input, "there is no such path", request.path,
                              "a path of /api/openapi.json");
             }));
  add_files(server);
}

void Playground::add_files(HttpServer& server) {
  for (const EmbeddedFile& file : embedded_files()) {
    const bool images = file.path.starts_with(images_folder);
    if (!images && !file.path.starts_with(pages_folder)) continue;
    const auto handler = file_handler(file, images ? images_policy : page_policy);
    const std::string name(file.path.substr((images ? images_folder : pages_folder).size()));
    if (images)
      server.Get(name == "index.html" ? "/images" : "/images/" + name, handler);
    else if (name == "index.html")
      for (const char* page : {"/", "/properties", "/table", "/classify", "/about", "/source/.+"})
        server.Get(page, handler);
    else
      server.Get("/" + name, handler);
  }
  // For whom reads pages, any other address is one that says so.
  server.Get("/.*", [](const Request& request, Response& response) {
    response.status = 404;
    if (!has_pages() || request.get_header_value("Accept").find("text/html") == std::string::npos)
      return;
    set_policy(response, page_policy);
    response.set_content(std::string(content_of("web/playground/index.html")),
                         media_type("index.html"));
  });
}

}  // namespace uhuru
