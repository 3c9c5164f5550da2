#pragma once
#include <optional>
#include <string>
#include <vector>
#include "uhuru/sky/sphere.hpp"
#include "uhuru/vo/services.hpp"
namespace uhuru {
struct Link { std::string title, url; };
inline std::vector<Link> source_links(const Services&, const std::string&, std::optional<SkyPosition>) { return {}; }
}
