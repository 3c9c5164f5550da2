#include "uhuru/serve/api_routes.hpp"

#include <utility>

#include "uhuru/serve/json_cells.hpp"
#include "uhuru/serve/source_filters.hpp"

namespace uhuru::serve {

const std::vector<ApiRoute>& api_routes() {
  static const std::vector<ApiRoute> routes = {
      {"/api/map", &CatalogApi::map},
      {"/api/values", &CatalogApi::values},
      {"/api/selection", &CatalogApi::selection, nullptr, true},
      {"/api/counts", &CatalogApi::counts, nullptr, true},
      {"/api/histogram", &CatalogApi::histogram, nullptr, true},
      {"/api/sources", &CatalogApi::sources, nullptr, true},
      {"/api/source", &CatalogApi::source},
      {"/api/place", &CatalogApi::place, nullptr, true},
      {"/api/percentiles", &CatalogApi::percentiles},
      {"/api/limits", &CatalogApi::limits},
      {"/api/cone", &CatalogApi::cone, &CatalogApi::is_long_cone},
      {"/api/search", &CatalogApi::search, &CatalogApi::is_long_search},
      {"/api/moc", &CatalogApi::moc},
  };
  return routes;
}

httpd::Answer http_answer(ApiAnswer answer) {
  httpd::Answer result = httpd::text_answer(answer.type, std::move(answer.text));
  result.headers = std::move(answer.headers);
  return result;
}

httpd::Answer http_answer(const Error& error) {
  const bool is_elsewhere = error.kind() == ErrorKind::service;
  const bool is_ours = !is_elsewhere && (error.is_of_system() || error.kind() != ErrorKind::input);
  const bool not_found = dynamic_cast<const NotFound*>(&error) != nullptr;
  return httpd::text_answer(json_type,
                            json_text({{"error",
                                        {{"message", error.message()},
                                         {"where", is_ours ? "" : error.where()},
                                         {"expected", is_ours ? "" : error.expected()},
                                         {"found", error.found()}}}}),
                            is_ours        ? 500
                            : is_elsewhere ? 502
                            : not_found    ? 404
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

void add_api_routes(httpd::Router& router, CatalogApi& api,
                    const std::function<bool(const httpd::Request&)>& is_foreign) {
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
    if (route.takes_filter)
      add_filter_route(router, std::move(added), is_foreign);
    else
      router.add(std::move(added));
  }
}

}  // namespace uhuru::serve
