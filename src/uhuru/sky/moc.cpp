#include "uhuru/sky/moc.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "uhuru/base/error.hpp"
#include "uhuru/sky/healpix.hpp"

namespace uhuru::sky {
namespace {

/// Moves each four pixels that fill their parent to the parent.
void merge_siblings(std::vector<uint64_t>& pixels, std::vector<uint64_t>& parents) {
  std::vector<uint64_t> kept;
  for (size_t i = 0; i < pixels.size();) {
    const bool fills =
        pixels[i] % 4 == 0 && i + 3 < pixels.size() && pixels[i + 3] == pixels[i] + 3;
    if (fills)
      parents.push_back(pixels[i] / 4);
    else
      kept.push_back(pixels[i]);
    i += fills ? 4 : 1;
  }
  pixels = std::move(kept);
}

}  // namespace

Moc make_moc(std::span<const SkyPosition> positions, int order) {
  if (order < 0 || order > max_moc_order)
    throw Error(ErrorKind::usage, "invalid order of a coverage map", "",
                fmt::format("0 to {}", max_moc_order), fmt::format("{}", order));
  std::vector<bool> is_covered(size_t{12} << (2 * order));
  for (const SkyPosition& position : positions)
    if (is_valid(position)) is_covered[healpix_nested(position, order)] = true;
  Moc moc;
  moc.pixels.resize(static_cast<size_t>(order) + 1);
  for (size_t pixel = 0; pixel < is_covered.size(); ++pixel)
    if (is_covered[pixel]) moc.pixels.back().push_back(pixel);
  for (auto at = static_cast<size_t>(order); at > 0; --at)
    merge_siblings(moc.pixels[at], moc.pixels[at - 1]);
  return moc;
}

std::string moc_json(const Moc& moc) {
  std::string json = "{";
  for (size_t order = 0; order < moc.pixels.size(); ++order) {
    const bool is_finest = order + 1 == moc.pixels.size();
    if (moc.pixels[order].empty() && !is_finest) continue;
    json += fmt::format("{}\"{}\":[{}]", json.size() > 1 ? "," : "", order,
                        fmt::join(moc.pixels[order], ","));
  }
  return json + "}";
}

std::vector<int64_t> moc_uniq(const Moc& moc) {
  std::vector<int64_t> numbers;
  for (size_t order = 0; order < moc.pixels.size(); ++order)
    for (const uint64_t pixel : moc.pixels[order])
      numbers.push_back(static_cast<int64_t>((uint64_t{4} << (2 * order)) + pixel));
  return numbers;
}

}  // namespace uhuru::sky
