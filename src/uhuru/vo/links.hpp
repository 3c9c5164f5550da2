// Links from a source to the archives' pages about it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "uhuru/sky/sphere.hpp"
#include "uhuru/vo/services.hpp"

namespace uhuru {

struct Link {
  std::string title, url;
};

/// The links of the services file, filled in for a source, in the file's order.
///
/// `name`: any bytes, percent-encoded in the URLs; empty where it has none. `position`: in degrees;
/// empty or not valid where it has none. A link that asks for what is not there is left out. URLs
/// are https and of characters that need no escape in a page; titles are the file's and do.
/// Thread-safe.
std::vector<Link> source_links(const Services& services, std::string_view name,
                               const std::optional<SkyPosition>& position);

}  // namespace uhuru
