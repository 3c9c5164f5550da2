// Forms in the body of a request: the filters of sources.
#include "fuzz.hpp"
#include "uhuru/serve/source_filters.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  httpd::Request request;
  request.headers["content-type"] = "application/x-www-form-urlencoded; charset=utf-8";
  request.small_body.assign(reinterpret_cast<const char*>(data), size);
  only_errors([&] {
    const auto parameters = serve::form_parameters(request);
    const std::string key = serve::request_key("form", parameters);
    require(key.size() == 64 && key == serve::request_key("form", parameters), "one key");
    serve::Query query(parameters);
    query.filter();
    query.end();
  });
  return 0;
}
