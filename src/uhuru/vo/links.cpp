#include "uhuru/vo/links.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "uhuru/base/text.hpp"

namespace uhuru::vo {
namespace {

/// The values of the placeholders that can be filled in.
std::map<std::string, std::string> values(std::string_view name,
                                          const std::optional<sky::SkyPosition>& position,
                                          const std::map<std::string, std::string>& carried) {
  std::map<std::string, std::string> result;
  for (const auto& [column, value] : carried)
    if (!trim(value).empty()) result[column] = percent_encoded(trim(value));
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
                                  const std::map<std::string, std::string>& values) {
  std::string result;
  while (!url.empty()) {
    const std::string_view plain = url.substr(0, url.find('{'));
    result += plain;
    url.remove_prefix(plain.size());
    if (url.empty()) break;
    const std::string_view placeholder = url.substr(1, url.find('}') - 1);
    const auto value = values.find(std::string(placeholder));
    if (value == values.end()) return std::nullopt;
    result += value->second;
    url.remove_prefix(placeholder.size() + 2);
  }
  return result;
}

std::vector<Link> filled_links(std::span<const recipe::LinkTemplate> templates, bool of_observation,
                               const std::map<std::string, std::string>& values) {
  std::vector<Link> links;
  for (const recipe::LinkTemplate& link : templates)
    if (link.of_observation == of_observation)
      if (auto url = filled(link.url, values)) links.push_back({link.title, std::move(*url)});
  return links;
}

}  // namespace

std::vector<Link> source_links(std::span<const recipe::LinkTemplate> templates,
                               std::string_view name,
                               const std::optional<sky::SkyPosition>& position,
                               const std::map<std::string, std::string>& carried) {
  return filled_links(templates, false, values(name, position, carried));
}

std::vector<Link> observation_links(std::span<const recipe::LinkTemplate> templates,
                                    std::string_view name, std::string_view observation,
                                    const std::optional<sky::SkyPosition>& position,
                                    const std::map<std::string, std::string>& carried) {
  auto known = values(name, position, carried);
  if (!trim(observation).empty()) known["observation"] = percent_encoded(trim(observation));
  return filled_links(templates, true, known);
}

}  // namespace uhuru::vo
