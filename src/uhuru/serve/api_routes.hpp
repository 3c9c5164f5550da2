// The API over HTTP.
#pragma once

#include <functional>
#include <vector>

#include "uhuru/httpd/router.hpp"
#include "uhuru/serve/catalog_api.hpp"

#pragma GCC visibility push(default)
namespace uhuru::serve {

/// A path of the API and the member of CatalogApi that answers it.
struct ApiRoute {
  const char* path;
  ApiAnswer (CatalogApi::*answer)(const CatalogApi::Parameters&);
  bool (CatalogApi::*is_slow)(const CatalogApi::Parameters&) = nullptr;
  bool takes_filter = false;  // so that it can also be asked by POST
};
const std::vector<ApiRoute>& api_routes();

/// Adds the routes of the API. `api` must outlive the router. `is_foreign`: see add_filter_route.
void add_api_routes(httpd::Router& router, CatalogApi& api,
                    const std::function<bool(const httpd::Request&)>& is_foreign);

httpd::Answer http_answer(ApiAnswer answer);

/// An error as JSON: message, where, expected, found. Input errors are the client's fault (400, or
/// 404 for NotFound), those of services elsewhere theirs (502); all others are the server's (500)
/// and do not reveal its paths.
httpd::Answer http_answer(const Error& error);

/// A handler that turns errors thrown by `handle` into answers.
httpd::Route::Handler api_handler(httpd::Route::Handler handle);

}  // namespace uhuru::serve
#pragma GCC visibility pop
