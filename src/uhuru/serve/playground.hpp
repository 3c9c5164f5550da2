// The pages of the playground and the API that they ask.
#pragma once

#include <string>
#include <string_view>

#include "uhuru/httpd/http_server.hpp"
#include "uhuru/serve/api_routes.hpp"
#include "uhuru/serve/catalog_api.hpp"
#include "uhuru/serve/upload_classifier.hpp"

namespace uhuru {

struct PlaygroundOptions {
  DatabaseFile catalog;
  std::string title;  // that the pages show
  std::string model;  // a file of one, named first to classify with; empty: only the built-in one
  Services services;
};

/// Pages, and what they ask, over a catalog. Pages may do nothing but what is their own: no script
/// or style in the page, no other host. `/images` (Aladin Lite, where it is built in) is a page of
/// its own that may. Thread-safe.
class Playground {
 public:
  /// Throws Error (input): see CatalogApi and load_model.
  Playground(PlaygroundOptions options, const Threads& threads);

  /// Whether the program has pages.
  static bool has_pages();
  /// Has a server answer all that it has no routes for so far; it must not outlive this.
  void add_routes(HttpServer& server);
  /// Whether a request takes long: downloads and uploads.
  static bool is_slow(std::string_view method, std::string_view path);

 private:
  void add_files(HttpServer& server);

  PlaygroundOptions options_;
  Threads threads_;
  CatalogApi api_;
  UploadClassifier classifier_;
  std::string description_;  // the answer of /api/catalog
};

}  // namespace uhuru
