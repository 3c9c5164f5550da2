// What the server says of itself.
#pragma once

#include <string>

#include "uhuru/catalog/catalog.hpp"

namespace uhuru {

/// A plain page with what is there. `url`: where the server is, without a slash at the end.
/// `example`: where there is something.
std::string index_page(const Catalog& catalog, const std::string& url, const SkyPosition& example);

/// Of the first source that has one.
SkyPosition example_position(const DatabaseFile& file);
/// A cone of 0.1 degrees around it, as the server's query.
std::string example_query(const SkyPosition& position);

/// The documents of VOSI 1.1: what the service can do, and that it is there.
std::string capabilities_document(const std::string& url, const SkyPosition& example);
std::string availability_document();

}  // namespace uhuru
