// The API over HTTP.
#pragma once

#include <vector>

#include "uhuru/httpd/router.hpp"
#include "uhuru/serve/catalog_api.hpp"

namespace uhuru {

/// A path whose answers come from a member of CatalogApi.
struct ApiRoute {
  const char* path;
  ApiAnswer (CatalogApi::*answer)(const CatalogApi::Parameters&);
  bool (CatalogApi::*is_slow)(const CatalogApi::Parameters&) = nullptr;
};
const std::vector<ApiRoute>& api_routes();

/// Adds them. `api` must outlive the router.
void add_api_routes(Router& router, CatalogApi& api);

Answer http_answer(ApiAnswer answer);

/// An error as JSON: what, where, expected, found. Errors of the input are the request's (400, or
/// 404 for NotFound); those of the system are the server's (500), and say no path of this machine.
Answer http_answer(const Error& error);

/// A handler that answers with the errors that `handle` throws.
Route::Handler api_handler(Route::Handler handle);

}  // namespace uhuru
