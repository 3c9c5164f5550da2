// Documents in which the server describes itself.
#pragma once

#include <string>

#include "uhuru/catalog/catalog.hpp"

namespace uhuru::serve {

/// A plain page that lists the services. `url`: the server's, without a trailing slash.
/// `example`: the position of a source.
std::string index_page(const catalog::Catalog& catalog, const std::string& url,
                       const sky::SkyPosition& example);

/// The position of the first source that has one.
sky::SkyPosition example_position(const catalog::DatabaseFile& file);
/// The query for a cone of 0.1 degrees around a position.
std::string example_query(const sky::SkyPosition& position);

/// The documents of VOSI 1.1: the service's capabilities and that it is available.
std::string capabilities_document(const std::string& url, const sky::SkyPosition& example);
std::string availability_document();

}  // namespace uhuru::serve
