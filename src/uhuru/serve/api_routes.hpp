// The API over HTTP.
#pragma once

#include "uhuru/httpd/httplib.hpp"

#include <string>
#include <utility>
#include <vector>

#include "uhuru/serve/catalog_api.hpp"

namespace uhuru {

/// A path whose answers come from a member of CatalogApi.
struct ApiRoute {
  const char* path;
  ApiAnswer (CatalogApi::*answer)(const CatalogApi::Parameters&);
};
const std::vector<ApiRoute>& api_routes();

/// Has a server answer them. `api` must outlive the server.
void add_api_routes(httplib::Server& server, CatalogApi& api);

void answer_api(httplib::Response& response, ApiAnswer answer);

/// Answers with what was thrown as JSON: what, where, expected, found. Errors of the input are the
/// request's (400, or 404 for NotFound); others are ours (500).
void answer_error(httplib::Response& response, const Error& error);

/// A handler that answers what `handle` throws.
template <class Handle>
httplib::Server::Handler api_handler(Handle handle) {
  return
      [handle = std::move(handle)](const httplib::Request& request, httplib::Response& response) {
        try {
          handle(request, response);
        } catch (const Error& error) {
          answer_error(response, error);
        }
      };
}

}  // namespace uhuru
