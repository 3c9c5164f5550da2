#include "uhuru/vo/xml_rpc.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/xml_parser.hpp"
#include "uhuru/io/xml_text.hpp"

namespace uhuru::vo {
namespace {

using nlohmann::json;

void write_value(const json& value, std::string& out) {
  out += "<value>";
  if (value.is_string()) {
    out += "<string>";
    io::escape_xml(value.get_ref<const std::string&>(), false, out);
    out += "</string>";
  } else if (value.is_array()) {
    out += "<array><data>";
    for (const json& item : value) write_value(item, out);
    out += "</data></array>";
  } else if (value.is_object()) {
    out += "<struct>";
    for (const auto& [name, member] : value.items()) {
      out += "<member><name>";
      io::escape_xml(name, false, out);
      out += "</name>";
      write_value(member, out);
      out += "</member>";
    }
    out += "</struct>";
  } else {
    throw Error(ErrorKind::bug, "a value not supported by SAMP", "", "a string, list or map",
                value.type_name());
  }
  out += "</value>";
}

/// The allowed parents of each element; strings and numbers are allowed in a value.
bool belongs_in(std::string_view element, std::string_view parent) {
  static const std::map<std::string_view, std::string_view> parents = {
      {"methodResponse", ""},      {"params", "methodResponse"},
      {"fault", "methodResponse"}, {"param", "params"},
      {"data", "array"},           {"member", "struct"},
      {"name", "member"}};
  if (element == "value")
    return parent == "param" || parent == "fault" || parent == "data" || parent == "member";
  const auto found = parents.find(element);
  return parent == (found == parents.end() ? "value" : found->second);
}

class AnswerParser : public io::XmlParser {
 public:
  explicit AnswerParser(const std::string& place) : io::XmlParser(place, "XML-RPC answer") {}

  std::optional<json> answer;
  bool is_fault = false;

 private:
  void start_element(std::string_view name, const io::XmlAttributes&) override {
    if (!belongs_in(name, path_.empty() ? std::string_view() : path_.back()))
      throw input_error("misplaced element: " + in_quotes(name));
    path_.emplace_back(name);
    text_.clear();
    if (name == "fault") is_fault = true;
    if (name == "member") names_.emplace_back();
    if (name == "value") {
      if (open_.empty() && answer) throw input_error("more than one value");
      open_.emplace_back();
    } else if (path_.size() > 1 && path_[path_.size() - 2] == "value") {
      json& value = open_.back();
      if (!value.is_null()) throw input_error("a value with two types");
      value = name == "array" ? json::array() : name == "struct" ? json::object() : json("");
    }
  }

  void end_element(std::string_view name) override {
    path_.pop_back();
    if (name == "name") names_.back() = text_;
    if (name == "member") names_.pop_back();
    if (name == "value")
      end_value();
    else if (!path_.empty() && path_.back() == "value" && open_.back().is_string())
      open_.back() = name == "string" ? text_ : std::string(trim(text_));
    text_.clear();
  }

  void end_value() {
    json value = std::move(open_.back());
    open_.pop_back();
    if (value.is_null()) value = text_;  // without a type: string
    if (open_.empty()) {
      answer = std::move(value);
    } else if (json& parent = open_.back(); parent.is_array()) {
      parent.push_back(std::move(value));
    } else {
      parent[names_.back()] = std::move(value);
    }
  }

  void text(std::string_view characters) override { text_ += characters; }

  std::vector<std::string> path_;   // open elements
  std::vector<json> open_;          // values; null until the type is known
  std::vector<std::string> names_;  // of their open members
  std::string text_;
};

}  // namespace

std::string text_of(const json& map, const char* key) {
  const auto found = map.is_object() ? map.find(key) : map.end();
  return found != map.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string xml_rpc_call(std::string_view method, const json& parameters) {
  std::string out = "<?xml version=\"1.0\"?>\n<methodCall><methodName>";
  io::escape_xml(method, false, out);
  out += "</methodName><params>";
  for (const json& parameter : parameters) {
    out += "<param>";
    write_value(parameter, out);
    out += "</param>";
  }
  return out + "</params></methodCall>\n";
}

json parse_xml_rpc_answer(std::string_view answer, const std::string& where) {
  const auto refuse = [&](const std::string& found) {
    return Error(ErrorKind::service, "the answer is not XML-RPC", where, "a methodResponse", found);
  };
  if (answer.size() > largest_xml_rpc_answer)
    throw Error(ErrorKind::service, "the answer is too large", where,
                fmt::format("at most {} bytes", with_commas(largest_xml_rpc_answer)),
                with_commas(answer.size()) + " bytes");
  AnswerParser parser(where);
  try {
    parser.feed(answer, true);
  } catch (const Error& error) {
    throw refuse(error.found().empty() ? error.message() : error.found());
  }
  if (!parser.answer) throw refuse(in_quotes(answer.substr(0, 40)));
  if (!parser.is_fault) return std::move(*parser.answer);
  throw Error(ErrorKind::service, "the service returned a fault", where, "",
              shown(text_of(*parser.answer, "faultString"), 300));
}

}  // namespace uhuru::vo
