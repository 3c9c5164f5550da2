// XML-RPC answers, and lockfiles of SAMP hubs: a parsed value contains only strings, lists and
// maps, and survives a round trip through a call.
#include <nlohmann/json.hpp>

#include "fuzz.hpp"
#include "uhuru/vo/samp.hpp"
#include "uhuru/vo/xml_rpc.hpp"

namespace {

using nlohmann::json;

/// The value after a round trip through an answer that contains it.
json echoed(const json& value) {
  std::string text = uhuru::vo::xml_rpc_call("echo", json::array({value}));
  const size_t begin = text.find("<params>");
  text = text.substr(begin, text.rfind("</methodCall>") - begin);
  return uhuru::vo::parse_xml_rpc_answer("<methodResponse>" + text + "</methodResponse>", "echo");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  only_errors([&] {
    const json value = vo::parse_xml_rpc_answer(bytes, "fuzz");
    require(echoed(value) == value, "the value comes back");
  });
  only_errors([&] { require(!vo::parse_samp_lockfile(bytes, "fuzz").secret.empty(), "a secret"); });
  return 0;
}
