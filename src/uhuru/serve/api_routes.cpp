#include "uhuru/serve/api_routes.hpp"

#include <utility>

#include "uhuru/serve/json_cells.hpp"

namespace uhuru::serve {

const std::vector<ApiRoute>& api_routes() {
  static const std::vector<ApiRoute> routes = {
      {"/api/map", &CatalogApi::map},
      {"/api/values", &CatalogApi::values},
      {"/api/selection", &CatalogApi::selection},
      {"/api/counts", &CatalogApi::counts},
      {"/api/histogram", &CatalogApi::histogram},
      {"/api/sources", &CatalogApi::sources},
      {"/api/source", &CatalogApi::source},
      {"/api/cone", &CatalogApi::cone, &CatalogApi::is_long_cone},
      {"/api/search", &CatalogApi::search},
  };
  return routes;
}

httpd::Answer http_answer(ApiAnswer answer) {
  httpd::Answer result = httpd::text_answer(answer.type, std::move(answer.text));
  result.headers = std::move(answer.headers);
  return result;
}

httpd::Answer http_answer(const Error& error) {
  const bool is_ours = error.is_of_system() || error.kind() != ErrorKind::input;
  const bool not_found = dynamic_cast<const NotFound*>(&error) != nullptr;
  return httpd::text_answer(json_type,
                            json_text({{"error",
                                        {{"message", error.message()},
                                         {"where", is_ours ? "" : error.where()},
                                         {"expected", is_ours ? "" : error.expected()},
                                         {"found", error.found()}}}}),
                            is_ours     ? 500
                            : not_found ? 404
                                        : 400);
}

httpd::Route::Handler api_handler(httpd::Route::Handler handle) {
  return [handle = std::move(handle)](const httpd::Request& request) {
    try {
      return handle(request);
    } catch (const Error& error) {
      return http_answer(error);
    }
  };
}

void add_api_routes(httpd::Router& router, CatalogApi& api) {
  for (const ApiRoute& route : api_routes()) {
    httpd::Route added{.method = "GET",
                       .path = route.path,
                       .handler = api_handler([&](const auto& request) {
                         return http_answer((api.*route.answer)(request.parameters));
                       })};
    if (route.is_slow)
      added.is_slow = [&](const httpd::Request& request) {
        return (api.*route.is_slow)(request.parameters);
      };
    router.add(std::move(added));
  }
}

}  // namespace uhuru::serve
