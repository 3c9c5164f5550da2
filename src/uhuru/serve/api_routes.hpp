// The API over HTTP.
#pragma once

#include <httplib.h>

#include <string>
#include <vector>

#include "uhuru/serve/catalog_api.hpp"

namespace uhuru {

/// The paths below, whose answers come from these members of CatalogApi.
struct ApiRoute {
  const char* path;
  ApiAnswer (CatalogApi::*answer)(const CatalogApi::Parameters&);
};
const std::vector<ApiRoute>& api_routes();

/// Has a server answer them; errors are JSON with what, where, expected and found. `api` must
/// outlive the server.
void add_api_routes(httplib::Server& server, CatalogApi& api);

/// Answers with an error as JSON, under its status.
void answer_error(httplib::Response& response, int status, const Error& error);

}  // namespace uhuru
