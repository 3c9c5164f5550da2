// Services files and job documents: they are either usable or an error.
#include "fuzz.hpp"
#include "uhuru/vo/services.hpp"
#include "uhuru/vo/uws.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  const std::string text(reinterpret_cast<const char*>(data), size);
  only_errors([&] {
    const vo::Services services = vo::parse_services(text, "fuzz.toml");
    const vo::DetectionArchive& archive = services.detections;
    require(archive.releases.contains(archive.current), "a current release");
    require(!archive.keys.empty(), "keys");
  });
  only_errors([&] { require(!vo::parse_job(text, "fuzz").phase.empty(), "a phase"); });
  return 0;
}
