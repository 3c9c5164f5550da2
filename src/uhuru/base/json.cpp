#include "uhuru/base/json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace uhuru {
namespace {

using Json = nlohmann::ordered_json;

void put(const Json& json, int indent, std::string& out) {
  const bool is_list = json.is_array();
  const bool flat =
      !json.is_structured() || json.empty() ||
      std::none_of(json.begin(), json.end(), [](const Json& item) { return item.is_structured(); });
  const bool numbers = is_list && std::all_of(json.begin(), json.end(),
                                              [](const Json& item) { return item.is_number(); });
  if (flat) {
    std::string line = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (numbers || !json.is_structured() || (line.size() < 90 && indent > 0)) {
      out += line;
      return;
    }
  }
  const std::string margin(static_cast<size_t>(indent) + 1, ' ');
  out += is_list ? "[" : "{";
  bool first = true;
  for (const auto& [key, value] : json.items()) {
    out += first ? "\n" : ",\n";
    first = false;
    out += margin;
    if (!is_list) out += Json(key).dump(-1, ' ', false, Json::error_handler_t::replace) + ": ";
    put(value, indent + 1, out);
  }
  out += "\n" + margin.substr(1) + (is_list ? "]" : "}");
}

}  // namespace

std::string readable_json(const Json& json) {
  std::string out;
  put(json, 0, out);
  return out + "\n";
}

}  // namespace uhuru
