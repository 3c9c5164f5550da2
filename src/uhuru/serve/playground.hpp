// The pages of the playground and the API that they use.
#pragma once

#include <optional>
#include <string>

#include "uhuru/httpd/router.hpp"
#include "uhuru/serve/api_routes.hpp"
#include "uhuru/serve/catalog_api.hpp"
#include "uhuru/serve/name_service.hpp"
#include "uhuru/serve/public_url.hpp"
#include "uhuru/serve/upload_classifier.hpp"
#include "uhuru/vo/services.hpp"

#pragma GCC visibility push(default)
namespace uhuru::serve {

struct PlaygroundOptions {
  catalog::DatabaseFile catalog;
  std::string title;  // shown on the pages
  std::string model;  // a model file, offered before the built-in model; empty: only that
  std::optional<PublicUrl> public_url;  // under which the pages are served
  int users = 1;                        // threads that use it at the same time
  bool samp = false;            // whether pages may connect to a SAMP hub on the reader's machine
  std::string validation = {};  // a validation.json of the run; empty: none
  /// Where names of objects are looked up; none: no other host is asked.
  std::optional<vo::Services> outside = {};
};

/// Pages about a catalog, and their API. The pages' security policy allows no inline scripts or
/// styles and no other hosts, but for the port of SAMP hubs if that is wanted. `/images` (Aladin
/// Lite, if it is built in) is a separate page with a looser policy. Thread-safe.
class Playground {
 public:
  /// Throws Error (input): see CatalogApi and load_model.
  Playground(PlaygroundOptions options, const Threads& threads);

  /// Whether the program was built with pages.
  static bool has_pages();
  /// Adds the pages, the API, and the answers for paths that do not exist. The router must not
  /// outlive this object.
  void add_routes(httpd::Router& router);

 private:
  httpd::Answer classify(const httpd::Request& request) const;
  httpd::Answer positions(const httpd::Request& request) const;
  httpd::Answer resolve(const httpd::Request& request);
  /// The answer of /api/run.
  std::string about_run();
  bool comes_from_elsewhere(const httpd::Request& request) const;
  void add_files(httpd::Router& router);
  httpd::Answer not_found(const httpd::Request& request) const;

  PlaygroundOptions options_;
  Threads threads_;
  CatalogApi api_;
  UploadClassifier classifier_;
  std::optional<NameService> names_;
  const model::RecipeModel* explaining_ = nullptr;  // the catalog's own, if it can
  std::string description_;                         // the answer of /api/catalog
  std::string run_;                                 // that of /api/run
  std::string page_;                                // index.html, from which all pages start
};

}  // namespace uhuru::serve
#pragma GCC visibility pop
