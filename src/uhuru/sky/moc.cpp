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
  if (order < 0 || order > max_healpix_order)
    throw Error(ErrorKind::usage, "invalid order of a coverage map", "",
                fmt::format("0 to {}", max_healpix_order), fmt::format("{}", order));
  Moc moc;
  moc.pixels.resize(static_cast<size_t>(order) + 1);
  std::vector<uint64_t>& finest = moc.pixels.back();
  for (const SkyPosition& position : positions)
    if (is_valid(position)) finest.push_back(healpix_nested(position, order));
  std::sort(finest.begin(), finest.end());
  finest.erase(std::unique(finest.begin(), finest.end()), finest.end());
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

std::string moc_ascii(const Moc& moc) {
  std::string text;
  for (size_t order = 0; order < moc.pixels.size(); ++order) {
    const std::vector<uint64_t>& pixels = moc.pixels[order];
    const bool is_finest = order + 1 == moc.pixels.size();
    if (pixels.empty() && !is_finest) continue;
    text += fmt::format("{}{}/", text.empty() ? "" : " ", order);
    for (size_t i = 0; i < pixels.size();) {
      size_t end = i + 1;
      while (end < pixels.size() && pixels[end] == pixels[end - 1] + 1) ++end;
      if (i > 0) text += ',';
      text += fmt::format("{}", pixels[i]);
      if (end > i + 1) text += fmt::format("-{}", pixels[end - 1]);
      i = end;
    }
  }
  return text;
}

std::vector<int64_t> moc_uniq(const Moc& moc) {
  std::vector<int64_t> numbers;
  for (size_t order = 0; order < moc.pixels.size(); ++order)
    for (const uint64_t pixel : moc.pixels[order])
      numbers.push_back(static_cast<int64_t>((uint64_t{4} << (2 * order)) + pixel));
  return numbers;
}

Table moc_table(const Moc& moc) {
  const std::string order = std::to_string(moc.order());
  Table table;
  table.name = "MOC";
  Column& pixels = table.add(make_field("UNIQ", Type::int64, "4 4^order + pixel"));
  for (const int64_t pixel : moc_uniq(moc)) pixels.append(pixel);
  const auto add = [&](const char* name, const std::string& value, Type type = Type::text) {
    table.parameters.push_back({make_field(name, type, ""), value});
  };
  // MOCORDER is for readers of version 1.
  add("MOCVERS", "2.0");
  add("MOCDIM", "SPACE");
  add("PIXTYPE", "HEALPIX");
  add("ORDERING", "NUNIQ");
  add("COORDSYS", "C");
  add("MOCORD_S", order, Type::int64);
  add("MOCORDER", order, Type::int64);
  add("MOCTOOL", "uhuru " UHURU_VERSION);
  return table;
}

}  // namespace uhuru::sky
