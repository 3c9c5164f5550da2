#include "uhuru/sky/healpix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "uhuru/base/error.hpp"

namespace uhuru::sky {
namespace {

/// A pixel within one of the twelve base pixels: its steps to the north-east and to the north-west
/// from the southern corner, each out of `side`.
struct FacePixel {
  uint64_t face, east, west;
};

/// The pixel at `quadrants` (0…4) of right ascension in the equatorial belt, |sin(dec)| <= 2/3,
/// which is projected to a cylinder. There the base pixels are squares standing on a corner.
FacePixel belt_pixel(double quadrants, double sin_dec, uint64_t side) {
  const double height = 0.75 * sin_dec;  // also in quadrants
  const auto scale = static_cast<double>(side);
  const auto rising = static_cast<uint64_t>(scale * (quadrants + height + 0.5));
  const auto falling = static_cast<uint64_t>(scale * (quadrants - height + 0.5));
  const uint64_t up = rising / side;
  const uint64_t down = falling / side;
  const uint64_t column = std::min(up, down) % 4;
  const uint64_t face = up == down ? 4 + column : up > down ? column : 8 + column;
  return {face, rising % side, side - 1 - falling % side};
}

/// The same in a polar cap, where a quadrant of a parallel has length `width` < 1.
FacePixel cap_pixel(double quadrants, double dec_deg, uint64_t side) {
  const double column = std::min(std::floor(quadrants), 3.0);
  // sqrt(3 (1 - |sin(dec)|)) without cancellation.
  const double width = std::sqrt(6.0) * std::sin((90 - std::abs(dec_deg)) / 2 * radians_per_degree);
  const auto steps = [&](double part) {
    const auto whole = static_cast<uint64_t>(static_cast<double>(side) * part * width);
    return std::min(whole, side - 1);
  };
  const uint64_t left = steps(quadrants - column);
  const uint64_t right = steps(column + 1 - quadrants);
  const auto face = static_cast<uint64_t>(column);
  if (dec_deg > 0) return {face, side - 1 - right, side - 1 - left};
  return {8 + face, left, right};
}

/// Spreads the bits of a 32-bit number to the even bits of a 64-bit number.
uint64_t spread(uint64_t bits) {
  bits = (bits | bits << 16) & 0x0000ffff0000ffffu;
  bits = (bits | bits << 8) & 0x00ff00ff00ff00ffu;
  bits = (bits | bits << 4) & 0x0f0f0f0f0f0f0f0fu;
  bits = (bits | bits << 2) & 0x3333333333333333u;
  return (bits | bits << 1) & 0x5555555555555555u;
}

}  // namespace

uint64_t healpix_nested(const SkyPosition& position, int order) {
  if (order < 0 || order > max_healpix_order)
    throw Error(ErrorKind::usage, "invalid HEALPix order", "", "0 to 29", fmt::format("{}", order));
  if (!is_valid(position))
    throw Error(ErrorKind::bug, "HEALPix pixel requested for a missing position");
  double quadrants = std::fmod(position.ra_deg, 360.0) / 90;
  if (quadrants < 0) quadrants += 4;
  const double sin_dec = std::sin(position.dec_deg * radians_per_degree);
  const uint64_t side = uint64_t{1} << order;
  const FacePixel pixel = std::abs(sin_dec) <= 2.0 / 3
                              ? belt_pixel(quadrants, sin_dec, side)
                              : cap_pixel(quadrants, position.dec_deg, side);
  return (pixel.face << (2 * order)) | spread(pixel.west) << 1 | spread(pixel.east);
}

io::Parts parts_by_pixel(const PositionColumns& columns, int order) {
  const uint64_t pixels = uint64_t{12} << (2 * order);
  io::Parts parts;
  parts.digits = std::to_string(pixels).size();
  parts.prefix = fmt::format("order{}-pixel", order);
  parts.key = [=](const Table& batch) {
    std::vector<uint64_t> keys;
    for (const SkyPosition& position : PositionReader(batch, columns).read(batch))
      keys.push_back(is_valid(position) ? healpix_nested(position, order) : pixels);
    return keys;
  };
  return parts;
}

}  // namespace uhuru::sky
