#include "uhuru/vo/links.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "uhuru/base/text.hpp"

namespace uhuru::vo {
namespace {

/// The values of the placeholders that can be filled in.
std::map<std::string_view, std::string> values(std::string_view name,
                                               const std::optional<sky::SkyPosition>& position) {
  std::map<std::string_view, std::string> result;
  if (!trim(name).empty()) result["name"] = percent_encoded(trim(name));
  if (position && sky::is_valid(*position)) {
    // To 1e-6 degrees, 4 milliarcseconds.
    double ra = std::round((position->ra_deg - 360 * std::floor(position->ra_deg / 360)) * 1e6);
    if (ra >= 360e6) ra = 0;
    result["ra"] = fmt::format("{:.6f}", ra / 1e6);
    result["dec"] = fmt::format("{:.6f}", position->dec_deg);
    result["signed_dec"] = percent_encoded(fmt::format("{:+.6f}", position->dec_deg));
  }
  return result;
}

std::optional<std::string> filled(std::string_view url,
                                  const std::map<std::string_view, std::string>& values) {
  std::string result;
  while (!url.empty()) {
    const std::string_view plain = url.substr(0, url.find('{'));
    result += plain;
    url.remove_prefix(plain.size());
    if (url.empty()) break;
    const std::string_view placeholder = url.substr(1, url.find('}') - 1);
    const auto value = values.find(placeholder);
    if (value == values.end()) return std::nullopt;
    result += value->second;
    url.remove_prefix(placeholder.size() + 2);
  }
  return result;
}

}  // namespace

std::vector<Link> source_links(const Services& services, std::string_view name,
                               const std::optional<sky::SkyPosition>& position) {
  const auto known = values(name, position);
  std::vector<Link> links;
  for (const LinkTemplate& link : services.links)
    if (auto url = filled(link.url, known)) links.push_back({link.title, std::move(*url)});
  return links;
}

}  // namespace uhuru::vo
