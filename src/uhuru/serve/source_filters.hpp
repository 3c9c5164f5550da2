// Requests for several sources: their filters may be long, and come in the body of a POST.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "uhuru/catalog/selection.hpp"
#include "uhuru/catalog/source_lookup.hpp"
#include "uhuru/httpd/router.hpp"
#include "uhuru/serve/pool.hpp"
#include "uhuru/serve/query.hpp"

#pragma GCC visibility push(default)
namespace uhuru::serve {

/// Of the body of a form: an expression of the greatest length, with every comma encoded.
constexpr uint64_t max_form_bytes = 3 << 20;

/// The names of the sources of a catalog of `size` sources. `lookups` must outlive the result.
catalog::SourceNames source_names(Pool<catalog::SourceLookup>& lookups, size_t size);

/// A short key for a cache: requests with other names or parameters have other keys.
std::string request_key(std::string_view name, const Query::Parameters& parameters);

/// The parameters of a form in the body of a request, application/x-www-form-urlencoded, together
/// with those of its address. Throws Error (input) if the body has another type.
Query::Parameters form_parameters(const httpd::Request& request);

/// Adds a route of GET and the same for POST, where the parameters are those of form_parameters.
/// Whatever `is_foreign` says comes from a page of another origin is answered with 403 then: it
/// could not read the answer, but would keep the server busy.
void add_filter_route(httpd::Router& router, httpd::Route get,
                      const std::function<bool(const httpd::Request&)>& is_foreign);

}  // namespace uhuru::serve
#pragma GCC visibility pop
