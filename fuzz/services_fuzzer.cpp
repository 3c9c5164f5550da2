// Services files and job documents: they are either usable or an error. Links remain URLs for any
// name.
#include <cstring>

#include "fuzz.hpp"
#include "uhuru/vo/links.hpp"
#include "uhuru/vo/services.hpp"
#include "uhuru/vo/uws.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  const std::string text(reinterpret_cast<const char*>(data), size);
  only_errors([&] {
    const vo::Services services = vo::parse_services(text, "fuzz.toml");
    require(services.csc.releases.contains(services.csc.current), "a current release");
    require(!services.csc.keys.empty(), "keys");
    for (const vo::Link& link : vo::source_links(services, text, sky::SkyPosition{1, 2})) {
      require(link.url.starts_with("https://"), "a scheme");
      for (const char c : link.url)
        require(c > ' ' && c <= '~' && !std::strchr("\"'<>{}", c), "a URL without escapes");
    }
  });
  only_errors([&] { require(!vo::parse_job(text, "fuzz").phase.empty(), "a phase"); });
  return 0;
}
