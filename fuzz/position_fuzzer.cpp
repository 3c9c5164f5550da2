// Positions as text: a parsed position is on the sphere, also a Galactic one, and its sexagesimal
// text is parsed as the same position.
#include "fuzz.hpp"
#include "uhuru/sky/position_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto galactic = sky::parse_galactic(text))
    require(galactic->l_deg >= 0 && galactic->l_deg < 360 && galactic->b_deg >= -90 &&
                galactic->b_deg <= 90,
            "a Galactic position");
  const auto position = sky::parse_position(text);
  if (!position) return 0;
  require(position->ra_deg >= 0 && position->ra_deg < 360, "a right ascension");
  require(position->dec_deg >= -90 && position->dec_deg <= 90, "a declination");
  const auto again = sky::parse_position(sky::sexagesimal(*position));
  require(again && sky::separation_arcsec(*position, *again) < 0.1, "the same position");
  return 0;
}
