// XML-RPC with the value types of SAMP: strings, lists and maps.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace uhuru::vo {

/// Larger answers are rejected.
constexpr size_t largest_xml_rpc_answer = 4 << 20;

/// A method call as XML. `parameters` is an array of strings, arrays and objects of these.
/// Thread-safe. Source: the XML-RPC specification; SAMP 1.3 sec. 4.2 for the types.
std::string xml_rpc_call(std::string_view method, const nlohmann::json& parameters);

/// The value of an answer: strings, arrays and objects of these. Numbers, booleans and dates, which
/// SAMP does not have, are returned as strings, and nil as an empty one. `where` is used in error
/// messages. Throws Error (service) for a fault, with its text, and if the answer is not XML-RPC,
/// too large or nested too deeply (more than about 20 levels). Thread-safe.
nlohmann::json parse_xml_rpc_answer(std::string_view answer, const std::string& where);

/// The string member of an object with this key; empty if `map` is not an object or has none.
std::string text_of(const nlohmann::json& map, const char* key);

}  // namespace uhuru::vo
