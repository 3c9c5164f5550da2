// Positions as text: a parsed position is on the sphere, and its sexagesimal text is parsed as the
// same position.
#include "fuzz.hpp"
#include "uhuru/sky/position_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  const auto position = sky::parse_position({reinterpret_cast<const char*>(data), size});
  if (!position) return 0;
  require(position->ra_deg >= 0 && position->ra_deg < 360, "a right ascension");
  require(position->dec_deg >= -90 && position->dec_deg <= 90, "a declination");
  const auto again = sky::parse_position(sky::sexagesimal(*position));
  require(again && sky::separation_arcsec(*position, *again) < 0.1, "the same position");
  return 0;
}
