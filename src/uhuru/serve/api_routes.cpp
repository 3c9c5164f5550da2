#include "uhuru/serve/api_routes.hpp"

#include "uhuru/serve/json_cells.hpp"

namespace uhuru {

const std::vector<ApiRoute>& api_routes() {
  static const std::vector<ApiRoute> routes = {
      {"/api/map", &CatalogApi::map},
      {"/api/values", &CatalogApi::values},
      {"/api/selection", &CatalogApi::selection},
      {"/api/counts", &CatalogApi::counts},
      {"/api/histogram", &CatalogApi::histogram},
      {"/api/sources", &CatalogApi::sources},
      {"/api/source", &CatalogApi::source},
      {"/api/cone", &CatalogApi::cone},
      {"/api/search", &CatalogApi::search},
  };
  return routes;
}

void answer_error(httplib::Response& response, int status, const Error& error) {
  response.status = status;
  response.set_content(json_text({{"error",
                                   {{"message", error.message()},
                                    {"where", error.where()},
                                    {"expected", error.expected()},
                                    {"found", error.found()}}}}),
                       json_type);
}

void add_api_routes(httplib::Server& server, CatalogApi& api) {
  for (const ApiRoute& route : api_routes())
    server.Get(route.path, [&](const httplib::Request& request, httplib::Response& response) {
      try {
        ApiAnswer answer = (api.*route.answer)(request.params);
        for (const auto& [name, value] : answer.headers) response.set_header(name, value);
        response.set_content(std::move(answer.text), answer.type);
      } catch (const NotFound& error) {
        answer_error(response, 404, error);
      } catch (const Error& error) {
        answer_error(response, 400, error);
      }
    });
}

}  // namespace uhuru
