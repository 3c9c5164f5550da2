#include "uhuru/serve/source_filters.hpp"

#include <cstdint>
#include <utility>
#include <vector>

#include "uhuru/base/error.hpp"
#include "uhuru/base/hash.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/byte_source.hpp"
#include "uhuru/serve/api_routes.hpp"

namespace uhuru::serve {
namespace {

/// Long expressions take longer than what others may have to wait for.
bool has_long_filter(const httpd::Request& request) {
  constexpr size_t longest = 2000;  // bytes
  size_t bytes = request.small_body.size();
  const auto [first, last] = request.parameters.equal_range("where");
  for (auto where = first; where != last; ++where) bytes += where->second.size();
  return request.large_body || bytes > longest;
}

}  // namespace

catalog::SourceNames source_names(Pool<catalog::SourceLookup>& lookups, size_t size) {
  return {.of_prefix =
              [&lookups, size](const std::string& prefix) {
                return lookups.with([&](catalog::SourceLookup& lookup) {
                  return lookup.with_prefix(prefix, size);
                });
              },
          .of_names =
              [&lookups](std::span<const std::string> names) {
                return lookups.with([&](catalog::SourceLookup& lookup) {
                  std::vector<int64_t> ids;
                  for (const std::string& name : names)
                    if (const auto id = lookup.find(name)) ids.push_back(*id);
                  return ids;
                });
              }};
}

std::string request_key(std::string_view name, const Query::Parameters& parameters) {
  std::string all(name);
  for (const auto& [parameter, value] : parameters)
    all += '&' + percent_encoded(parameter) + '=' + percent_encoded(value);
  return sha256_of_text(all);
}

Query::Parameters form_parameters(const httpd::Request& request) {
  const std::string& type = request.header("content-type");
  constexpr std::string_view form = "application/x-www-form-urlencoded";
  if (!same_but_case(trim(std::string_view(type).substr(0, type.find(';'))), form))
    throw input_error("the body of the request has another type", "Content-Type", std::string(form),
                      in_quotes(type));
  std::string body = request.small_body;
  if (request.large_body) {
    const auto source = io::ByteSource::open(request.large_body->path(), "the form");
    for (auto bytes = source->next(); !bytes.empty(); bytes = source->next()) body += bytes;
  }
  Query::Parameters parameters = httpd::parse_query(body);
  parameters.insert(request.parameters.begin(), request.parameters.end());
  return parameters;
}

void add_filter_route(httpd::Router& router, httpd::Route get,
                      const std::function<bool(const httpd::Request&)>& is_foreign) {
  if (!get.is_slow) get.is_slow = has_long_filter;
  httpd::Route post = get;
  post.method = "POST";
  post.max_body_bytes = max_form_bytes;
  post.handler = api_handler([handle = get.handler, is_foreign](const httpd::Request& request) {
    if (is_foreign(request))
      return httpd::error_answer(403, "only the server's own pages may send forms");
    httpd::Request as_get;
    as_get.method = "GET";
    as_get.path = request.path;
    as_get.parameters = form_parameters(request);
    as_get.headers = request.headers;
    as_get.is_unwanted = request.is_unwanted;
    return handle(as_get);
  });
  router.add(std::move(get));
  router.add(std::move(post));
}

}  // namespace uhuru::serve
