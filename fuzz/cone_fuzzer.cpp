// The parameters of a cone search, one name=value per line.
#include "fuzz.hpp"
#include "uhuru/serve/cone_search.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::multimap<std::string, std::string> parameters;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const size_t equals = std::min(line.find('='), line.size());
    parameters.emplace(line.substr(0, equals), line.substr(std::min(equals + 1, line.size())));
  }
  only_errors([&] {
    const serve::ConeRequest request = serve::parse_cone_request(parameters);
    require(request.center.ra_deg >= 0 && request.center.ra_deg <= 360, "a right ascension");
    require(request.center.dec_deg >= -90 && request.center.dec_deg <= 90, "a declination");
    require(request.radius_deg >= 0 && request.radius_deg <= 180, "a radius");
    require(request.verbosity >= 1 && request.verbosity <= 3, "a verbosity");
    require(request.most <= serve::max_cone_rows, "a bound of the rows");
  });
  return 0;
}
