// Links from a source and its observations to their pages in the archives.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "uhuru/recipe/recipe.hpp"
#include "uhuru/sky/sphere.hpp"

#pragma GCC visibility push(default)
namespace uhuru::vo {

struct Link {
  std::string title, url;
};

/// The links of a source, in the order of their templates; not those of observations.
///
/// `name`: any bytes, percent-encoded in the URLs; empty if there is none. `position`: in degrees;
/// empty or invalid if there is none. `carried`: other placeholders and their values. A link whose
/// placeholders cannot be filled is omitted. URLs are https and consist of characters that need no
/// escaping in a page; titles come from the recipe and need escaping. Thread-safe.
std::vector<Link> source_links(std::span<const recipe::LinkTemplate> templates,
                               std::string_view name,
                               const std::optional<sky::SkyPosition>& position,
                               const std::map<std::string, std::string>& carried = {});

/// The links of one of its observations, by the templates for these. `observation`: any bytes,
/// empty if there is none; position and carried are those of the detection. Otherwise as
/// source_links.
std::vector<Link> observation_links(std::span<const recipe::LinkTemplate> templates,
                                    std::string_view name, std::string_view observation,
                                    const std::optional<sky::SkyPosition>& position,
                                    const std::map<std::string, std::string>& carried = {});

}  // namespace uhuru::vo
#pragma GCC visibility pop
