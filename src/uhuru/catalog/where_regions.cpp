#include "uhuru/catalog/where_regions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "uhuru/base/text.hpp"
#include "uhuru/sky/sky_index.hpp"
#include "uhuru/sky/sphere.hpp"

namespace uhuru::catalog {
namespace {

using BadArgument = recipe::KnownFunctions::BadArgument;
using Constant = recipe::KnownFunctions::Constant;

/// Together they bound the time and the memory that an expression may take.
constexpr size_t most_regions = 500;
constexpr size_t most_corners = recipe::Expression::most_operations;

const recipe::FunctionEntry entries[] = {
    {"P", "group or class", "probability of a group, or else of a class"},
    {"sky", "'galactic' or 'equatorial', x1, y1, x2, y2, …",
     "inside a polygon on a map of the sky"},
    {"cone", "ra, dec, radius", "within a radius of a position, all in degrees"},
    {"near", "radius, ra1, dec1, …", "within a radius in arcsec of any of these positions"},
    {"named", "'name', …", "the sources of these names"}};

/// The call as documented, for messages.
std::string usage(std::string_view name) {
  const auto* entry =
      std::find_if(std::begin(entries), std::end(entries),
                   [&](const recipe::FunctionEntry& each) { return each.name == name; });
  return fmt::format("{}({})", entry->name, entry->arguments);
}

/// Checks that the arguments from `first` on are numbers.
void check_numbers(std::string_view name, std::span<const Constant> arguments, size_t first) {
  for (size_t i = first; i < arguments.size(); ++i)
    if (arguments[i].is_text) throw BadArgument{i, "a number: " + usage(name)};
}

/// The position of the arguments `first` and `first + 1`.
sky::SkyPosition position_of(std::span<const Constant> arguments, size_t first) {
  const sky::SkyPosition position{arguments[first].number, arguments[first + 1].number};
  if (!sky::is_valid({position.ra_deg, 0}))
    throw BadArgument{first, "a right ascension in degrees"};
  if (!sky::is_valid(position)) throw BadArgument{first + 1, "a declination in degrees"};
  return position;
}

WhereRegions::Bits bits_of(std::span<const int64_t> ids, size_t size) {
  WhereRegions::Bits bits((size + 63) / 64);
  for (const int64_t id : ids)
    if (id >= 1 && static_cast<size_t>(id) <= size) {
      const auto source = static_cast<size_t>(id - 1);
      bits[source / 64] |= uint64_t{1} << (source % 64);
    }
  return bits;
}

}  // namespace

recipe::KnownFunctions WhereRegions::functions() {
  return {{std::begin(entries), std::end(entries)},
          [this](std::string_view name, Constants arguments) { return operand(name, arguments); }};
}

recipe::Operand WhereRegions::operand(std::string_view name, Constants arguments) {
  if (name == "P") return probability(arguments);
  if (regions_.size() == most_regions)
    throw BadArgument{arguments.size(), fmt::format("at most {} regions", most_regions)};
  if (name == "named") {
    std::vector<std::string> names;
    for (size_t i = 0; i < arguments.size(); ++i) {
      if (!arguments[i].is_text) throw BadArgument{i, "a name in single quotes"};
      names.push_back(arguments[i].text);
    }
    regions_.push_back(named(names));
  } else {
    regions_.push_back({name == "sky"    ? on_sky(arguments)
                        : name == "cone" ? in_cone(arguments)
                                         : near(arguments)});
  }
  return {.column = "", .reads = recipe::Reads::known, .place = regions_.size() - 1};
}

recipe::Operand WhereRegions::probability(Constants arguments) const {
  if (arguments.size() != 1 || !arguments[0].is_text)
    throw BadArgument{arguments.size() == 1 ? 0 : arguments.size(), usage("P")};
  const std::string& name = arguments[0].text;
  const StoredColumn* of_class = nullptr;
  std::vector<std::string> known;
  for (const StoredColumn& stored : store_.columns()) {
    const CatalogColumn& column = stored.column;
    const bool is_of_group = column.role == "probability of group";
    if (!is_of_group && column.role != "probability of") continue;
    if (is_of_group && column.of == name) return {column.page_name};
    if (!is_of_group && column.of == name) of_class = &stored;
    known.push_back(column.of);
  }
  if (!of_class)
    throw BadArgument{0, "a group or class of the catalog" + did_you_mean(name, known)};
  return {of_class->column.page_name};
}

WhereRegions::Bits WhereRegions::selected(const SourceFilter& filter) const {
  return select_sources(store_, maps_, filter, names_, threads_).words();
}

WhereRegions::Bits WhereRegions::on_sky(Constants arguments) {
  const std::string& frame = arguments[0].text;
  if (frame != "galactic" && frame != "equatorial")
    throw BadArgument{0, "'galactic' or 'equatorial': " + usage("sky")};
  check_numbers("sky", arguments, 1);
  if (arguments.size() < 7 || arguments.size() % 2 == 0)
    throw BadArgument{arguments.size(), usage("sky") + ", with 3 corners or more"};
  corners_ += arguments.size() / 2;
  if (corners_ > most_corners)
    throw BadArgument{arguments.size(), fmt::format("at most {} corners", most_corners)};
  SourceFilter::OnSky on_sky{frame == "galactic" ? MapFrame::galactic : MapFrame::equatorial, {}};
  for (size_t i = 1; i < arguments.size(); i += 2)
    on_sky.lasso.push_back({arguments[i].number, arguments[i + 1].number});
  return selected({.on_sky = std::move(on_sky)});
}

WhereRegions::Bits WhereRegions::in_cone(Constants arguments) const {
  check_numbers("cone", arguments, 0);
  if (arguments.size() != 3) throw BadArgument{arguments.size(), usage("cone")};
  const double radius_deg = arguments[2].number;
  if (!(radius_deg >= 0 && radius_deg <= 180))
    throw BadArgument{2, "a radius from 0 to 180 degrees"};
  return selected({.cone = SourceFilter::Cone{position_of(arguments, 0), radius_deg}});
}

WhereRegions::Bits WhereRegions::near(Constants arguments) {
  check_numbers("near", arguments, 0);
  if (arguments.size() < 3 || arguments.size() % 2 == 0)
    throw BadArgument{arguments.size(), usage("near")};
  // A source may have to be compared with all positions around it.
  constexpr double most_arcsec = 3600, all_arcsec = 648000;
  constexpr size_t most_of_any_radius = 100;  // in one expression
  const double radius_arcsec = arguments[0].number;
  if (radius_arcsec > most_arcsec) wide_positions_ += arguments.size() / 2;
  const bool is_any = wide_positions_ <= most_of_any_radius;
  if (!(radius_arcsec >= 0 && radius_arcsec <= (is_any ? all_arcsec : most_arcsec)))
    throw BadArgument{0,
                      fmt::format("a radius in arcsec from 0 to {}, or {} with up to {} positions",
                                  most_arcsec, all_arcsec, most_of_any_radius)};
  std::vector<sky::SkyPosition> positions;
  for (size_t i = 1; i < arguments.size(); i += 2) positions.push_back(position_of(arguments, i));
  Bits bits((store_.size() + 63) / 64);
  const StoredColumn* ra = store_.of_role("ra");
  const StoredColumn* dec = store_.of_role("dec");
  if (!ra || !dec || ra->is_text() || dec->is_text()) return bits;
  const double radius_deg = radius_arcsec / 3600;
  const sky::SkyIndex index(positions, radius_deg, threads_);
  constexpr size_t chunk_words = 128;
  threads_.for_rows(bits.size(), chunk_words, [&](size_t begin, size_t end, size_t) {
    for (size_t source = 64 * begin; source < std::min(64 * end, store_.size()); ++source) {
      const sky::SkyPosition at{ra->numbers[source], dec->numbers[source]};
      if (!sky::is_valid(at)) continue;
      bool found = false;
      index.near<true>(at, radius_deg, [&](size_t, const sky::SkyPosition& position) {
        found = found || sky::separation_arcsec(at, position) <= radius_arcsec;
        return found ? 0.0 : radius_deg;
      });
      bits[source / 64] |= uint64_t{found} << (source % 64);
    }
  });
  return bits;
}

WhereRegions::Region WhereRegions::named(const std::vector<std::string>& names) const {
  return {bits_of(names_.of_names(names), store_.size()), false};
}

WhereRegions::Region WhereRegions::with_prefix(const std::string& prefix) const {
  return {bits_of(names_.of_prefix(prefix), store_.size()), false};
}

}  // namespace uhuru::catalog
