// The pages of the playground and the API that they ask.
#pragma once

#include <optional>
#include <string>

#include "uhuru/httpd/router.hpp"
#include "uhuru/serve/api_routes.hpp"
#include "uhuru/serve/catalog_api.hpp"
#include "uhuru/serve/public_url.hpp"
#include "uhuru/serve/upload_classifier.hpp"

namespace uhuru {

struct PlaygroundOptions {
  DatabaseFile catalog;
  std::string title;  // that the pages show
  std::string model;  // a file of one, named first to classify with; empty: only the built-in one
  Services services;
  std::optional<PublicUrl> public_url;  // that pages are shown under
  int users = 1;                        // threads that use it at the same time
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
  /// Adds its pages and its API, and answers for paths that do not exist. The router must not
  /// outlive this.
  void add_routes(Router& router);

 private:
  Answer classify(const Request& request) const;
  bool comes_from_elsewhere(const Request& request) const;
  void add_files(Router& router);
  Answer not_found(const Request& request) const;

  PlaygroundOptions options_;
  Threads threads_;
  CatalogApi api_;
  UploadClassifier classifier_;
  std::string description_;  // the answer of /api/catalog
  std::string page_;         // index.html, which all pages begin from
};

}  // namespace uhuru
