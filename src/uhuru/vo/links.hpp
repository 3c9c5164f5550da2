// Links from a source to its pages in the archives.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "uhuru/sky/sphere.hpp"
#include "uhuru/vo/services.hpp"

#pragma GCC visibility push(default)
namespace uhuru::vo {

struct Link {
  std::string title, url;
};

/// The links of the services file for a source, in the file's order.
///
/// `name`: any bytes, percent-encoded in the URLs; empty if there is none. `position`: in degrees;
/// empty or invalid if there is none. A link whose placeholders cannot be filled is omitted. URLs
/// are https and consist of characters that need no escaping in a page; titles come from the file
/// and need escaping. Thread-safe.
std::vector<Link> source_links(const Services& services, std::string_view name,
                               const std::optional<sky::SkyPosition>& position);

}  // namespace uhuru::vo
#pragma GCC visibility pop
