#include "uhuru/serve/api_routes.hpp"

#include "uhuru/httpd/answers.hpp"
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

void answer_api(httplib::Response& response, ApiAnswer answer) {
  for (const auto& [name, value] : answer.headers) response.set_header(name, value);
  answer_text(response, answer.type, std::move(answer.text));
}

void answer_error(httplib::Response& response, const Error& error) {
  const bool not_found = dynamic_cast<const NotFound*>(&error) != nullptr;
  response.status = not_found ? 404 : error.kind() == ErrorKind::input ? 400 : 500;
  response.set_content(json_text({{"error",
                                   {{"message", error.message()},
                                    {"where", error.where()},
                                    {"expected", error.expected()},
                                    {"found", error.found()}}}}),
                       json_type);
}

void add_api_routes(httplib::Server& server, CatalogApi& api) {
  for (const ApiRoute& route : api_routes())
    server.Get(route.path,
               api_handler([&](const httplib::Request& request, httplib::Response& response) {
                 answer_api(response, (api.*route.answer)(request.params));
               }));
}

}  // namespace uhuru
