#include "uhuru/catalog/sky_map.hpp"

#include <limits>

#include "uhuru/sky/galactic.hpp"

namespace uhuru::catalog {

const std::vector<float>& SkyMaps::of(MapFrame frame) const {
  const auto place = static_cast<size_t>(frame);
  std::call_once(made_[place], [&] {
    std::vector<float> map(2 * store_.size(), std::numeric_limits<float>::quiet_NaN());
    const StoredColumn* ra = store_.of_role("ra");
    const StoredColumn* dec = store_.of_role("dec");
    constexpr size_t chunk_rows = 32768;
    threads_.for_rows(store_.size(), chunk_rows, [&](size_t begin, size_t end, size_t) {
      for (size_t row = begin; row < end; ++row) {
        if (!(store_.directions()[0][row] == store_.directions()[0][row])) continue;
        const sky::SkyPosition position{ra->numbers[row], dec->numbers[row]};
        sky::MapPoint point;
        if (frame == MapFrame::galactic) {
          const sky::GalacticPosition of_source = sky::galactic(position);
          point = sky::mollweide(of_source.l_deg, of_source.b_deg);
        } else {
          point = sky::mollweide(position.ra_deg, position.dec_deg);
        }
        map[2 * row] = static_cast<float>(point.x);
        map[2 * row + 1] = static_cast<float>(point.y);
      }
    });
    maps_[place] = std::move(map);
  });
  return maps_[place];
}

}  // namespace uhuru::catalog
