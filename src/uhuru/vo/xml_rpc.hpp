// XML-RPC with the values that SAMP has: texts, lists and maps.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace uhuru {

/// An answer of more bytes than this is refused.
constexpr size_t largest_xml_rpc_answer = 4 << 20;

/// The call of a method as XML. `parameters` is an array of texts, arrays and objects of these.
/// Thread-safe. Source: the XML-RPC specification; SAMP 1.3 sec. 4.2 for the types.
std::string xml_rpc_call(std::string_view method, const nlohmann::json& parameters);

/// The value of an answer: texts, arrays and objects of these. Numbers, booleans and dates, which
/// SAMP does not have, come as their text, and nil as an empty one. `where` stands in errors.
/// Throws Error (service) for a fault, with its text, and for what is no answer of XML-RPC, too
/// large or nested too deeply (more than some 20 levels). Thread-safe.
nlohmann::json parse_xml_rpc_answer(std::string_view answer, const std::string& where);

/// The text of a member of an object; empty where `map` is none, or has no text of this key.
std::string text_of(const nlohmann::json& map, const char* key);

}  // namespace uhuru
