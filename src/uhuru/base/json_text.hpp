// JSON that somebody else may have written.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#pragma GCC visibility push(default)
namespace uhuru {

/// Objects keep the order of their keys, and look for a key among all of them.
constexpr size_t max_json_keys = 4096;

/// Whether lists and objects are at most 32 deep in each other, and objects have at most
/// max_json_keys keys: then the time of parsing is in proportion to the text, and no stack
/// overflows. Of text that is not JSON, anything. Thread-safe.
bool is_moderate_json(std::string_view text);

/// The value of a text; discarded if that is not JSON, or not moderate. Thread-safe.
template <class Json>
Json parse_json(std::string_view text) {
  if (!is_moderate_json(text)) return Json(Json::value_t::discarded);
  return Json::parse(text, nullptr, false);
}

}  // namespace uhuru
#pragma GCC visibility pop
