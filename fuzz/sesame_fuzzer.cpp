// Answers of Sesame: what is found has a position on the sphere.
#include "fuzz.hpp"
#include "uhuru/vo/name_resolver.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  const std::string document(reinterpret_cast<const char*>(data), size);
  only_errors([&] {
    const auto found = vo::parse_sesame(document, "fuzz");
    require(!found || sky::is_valid(found->position), "a position");
  });
  return 0;
}
