#include "uhuru/table/unit_names.hpp"

#include <cmath>
#include <cstdlib>
#include <functional>
#include <initializer_list>
#include <map>
#include <numbers>
#include <string>

#include "uhuru/base/text.hpp"

namespace uhuru {
namespace {

struct Unit {
  Quantity size;
  bool has_prefixes = false;  // "k", "m" and the like may stand before it
  bool any_case = false;      // it is not something else in upper or lower case
};

using Powers = decltype(Quantity::powers);

Powers of(Measure measure, int power = 1) {
  Powers powers{};
  powers[static_cast<size_t>(measure)] = power;
  return powers;
}

Powers mechanical(int metres, int kilograms, int seconds, int amperes = 0) {
  Powers powers{};
  powers[static_cast<size_t>(Measure::length)] = metres;
  powers[static_cast<size_t>(Measure::mass)] = kilograms;
  powers[static_cast<size_t>(Measure::time)] = seconds;
  powers[static_cast<size_t>(Measure::current)] = amperes;
  return powers;
}

using Units = std::map<std::string, Unit, std::less<>>;

Units make_units() {
  Units units;
  const auto add = [&](std::initializer_list<const char*> names, long double mantissa, int exponent,
                       const Powers& powers, bool has_prefixes, bool any_case) {
    for (const char* name : names)
      units[name] = {{mantissa, exponent, powers}, has_prefixes, any_case};
  };
  const auto symbol = [&](std::initializer_list<const char*> names, long double mantissa,
                          int exponent, const Powers& powers) {
    add(names, mantissa, exponent, powers, true, false);
  };
  const auto word = [&](std::initializer_list<const char*> names, long double mantissa,
                        int exponent, const Powers& powers) {
    add(names, mantissa, exponent, powers, false, true);
  };
  // Only as they stand here.
  const auto exact = [&](std::initializer_list<const char*> names, long double mantissa,
                         int exponent, const Powers& powers) {
    add(names, mantissa, exponent, powers, false, false);
  };
  constexpr long double pi = std::numbers::pi_v<long double>;
  const Powers energy = mechanical(2, 1, -2);
  const Powers power = mechanical(2, 1, -3);

  symbol({"m"}, 1, 0, of(Measure::length));
  word({"meter", "meters", "metre", "metres"}, 1, 0, of(Measure::length));
  word({"cm"}, 1, -2, of(Measure::length));
  word({"km"}, 1, 3, of(Measure::length));
  word({"micron", "microns"}, 1, -6, of(Measure::length));
  word({"angstrom", "angstroms", "\u00c5", "\u212b"}, 1, -10, of(Measure::length));
  exact({"AU", "au"}, 1.495978707L, 11, of(Measure::length));
  symbol({"pc"}, 648000 / pi * 1.495978707L, 11, of(Measure::length));
  word({"parsec", "parsecs"}, 648000 / pi * 1.495978707L, 11, of(Measure::length));
  symbol({"lyr"}, 9.4607304725808L, 15, of(Measure::length));
  exact({"Rsun", "solRad", "R_sun"}, 6.957L, 8, of(Measure::length));
  symbol({"barn"}, 1, -28, of(Measure::length, 2));
  exact({"l", "L"}, 1, -3, of(Measure::length, 3));

  symbol({"g"}, 1, -3, of(Measure::mass));
  exact({"Msun", "solMass", "M_sun"}, 1.988409870698051L, 30, of(Measure::mass));

  symbol({"s"}, 1, 0, of(Measure::time));
  word({"sec", "secs", "second", "seconds"}, 1, 0, of(Measure::time));
  word({"ksec"}, 1, 3, of(Measure::time));
  word({"msec"}, 1, -3, of(Measure::time));
  word({"min", "minute", "minutes"}, 60, 0, of(Measure::time));
  exact({"h"}, 3600, 0, of(Measure::time));
  word({"hr", "hrs", "hour", "hours"}, 3600, 0, of(Measure::time));
  exact({"d"}, 86400, 0, of(Measure::time));
  word({"day", "days"}, 86400, 0, of(Measure::time));
  symbol({"a", "yr"}, 31557600, 0, of(Measure::time));
  word({"year", "years"}, 31557600, 0, of(Measure::time));
  symbol({"Hz"}, 1, 0, of(Measure::time, -1));
  word({"hertz", "hz"}, 1, 0, of(Measure::time, -1));
  word({"khz"}, 1, 3, of(Measure::time, -1));

  symbol({"A"}, 1, 0, of(Measure::current));
  symbol({"K"}, 1, 0, of(Measure::temperature));
  word({"kelvin"}, 1, 0, of(Measure::temperature));
  symbol({"mol"}, 1, 0, of(Measure::amount));

  symbol({"N"}, 1, 0, mechanical(1, 1, -2));
  symbol({"Pa"}, 1, 0, mechanical(-1, 1, -2));
  symbol({"J"}, 1, 0, energy);
  word({"joule", "joules"}, 1, 0, energy);
  symbol({"eV"}, 1.602176634L, -19, energy);
  word({"kev"}, 1.602176634L, -16, energy);
  exact({"Ry"}, 2.1798723611030L, -18, energy);
  word({"erg", "ergs"}, 1, -7, energy);
  units["erg"].has_prefixes = true;
  symbol({"W"}, 1, 0, power);
  word({"watt", "watts"}, 1, 0, power);
  exact({"Lsun", "solLum", "L_sun"}, 3.828L, 26, power);
  symbol({"Jy"}, 1, -26, mechanical(0, 1, -2));
  word({"jansky"}, 1, -26, mechanical(0, 1, -2));
  symbol({"V"}, 1, 0, mechanical(2, 1, -3, -1));
  symbol({"T"}, 1, 0, mechanical(0, 1, -2, -1));
  symbol({"G"}, 1, -4, mechanical(0, 1, -2, -1));
  word({"gauss"}, 1, -4, mechanical(0, 1, -2, -1));

  // Angles in milliarcseconds: whole numbers of them are most of the others.
  symbol({"rad"}, 648000 / pi, 3, of(Measure::angle));
  word({"radian", "radians"}, 648000 / pi, 3, of(Measure::angle));
  word({"deg", "degs", "degree", "degrees", "\u00b0"}, 36, 5, of(Measure::angle));
  word({"arcmin", "arcmins", "arcminute", "arcminutes", "amin", "'"}, 6, 4, of(Measure::angle));
  word({"arcsec", "arcsecs", "arcsecond", "arcseconds", "asec", "\""}, 1, 3, of(Measure::angle));
  units["arcsec"].has_prefixes = true;
  exact({"mas"}, 1, 0, of(Measure::angle));
  word({"milliarcsec", "milliarcsecond", "milliarcseconds"}, 1, 0, of(Measure::angle));
  exact({"uas", "muas", "\u00b5as", "\u03bcas"}, 1, -3, of(Measure::angle));
  word({"microarcsec", "microarcsecond", "microarcseconds"}, 1, -3, of(Measure::angle));
  symbol({"sr"}, 648000 / pi * 648000 / pi, 6, of(Measure::angle, 2));
  word({"steradian", "steradians"}, 648000 / pi * 648000 / pi, 6, of(Measure::angle, 2));

  word({"mag", "mags", "magnitude", "magnitudes"}, 1, 0, of(Measure::magnitude));
  units["mag"].has_prefixes = true;
  word({"ct", "cts", "count", "counts"}, 1, 0, of(Measure::count));
  units["ct"].has_prefixes = units["count"].has_prefixes = true;
  exact({"ph"}, 1, 0, of(Measure::photon));
  word({"photon", "photons"}, 1, 0, of(Measure::photon));
  word({"pix", "pixel", "pixels"}, 1, 0, of(Measure::pixel));
  word({"chan", "channel", "channels"}, 1, 0, of(Measure::channel));
  symbol({"Crab"}, 1, 0, of(Measure::crab));
  word({"crab"}, 1, 0, of(Measure::crab));
  exact({"%"}, 1, -2, {});
  word({"percent"}, 1, -2, {});
  return units;
}

const Units& all_units() {
  static const Units units = make_units();
  return units;
}

std::optional<Quantity> with_prefix(std::string_view name) {
  struct Prefix {
    std::string_view text;
    int exponent;
  };
  static constexpr Prefix prefixes[] = {
      {"da", 1},  {"\u00b5", -6}, {"\u03bc", -6}, {"y", -24}, {"z", -21}, {"a", -18},
      {"f", -15}, {"p", -12},     {"n", -9},      {"u", -6},  {"m", -3},  {"c", -2},
      {"d", -1},  {"h", 2},       {"k", 3},       {"M", 6},   {"G", 9},   {"T", 12},
      {"P", 15},  {"E", 18},      {"Z", 21},      {"Y", 24}};
  for (const Prefix& prefix : prefixes) {
    if (!name.starts_with(prefix.text)) continue;
    const auto found = all_units().find(name.substr(prefix.text.size()));
    if (found == all_units().end() || !found->second.has_prefixes) continue;
    Quantity size = found->second.size;
    size.exponent += prefix.exponent;
    return size;
  }
  return std::nullopt;
}

}  // namespace

bool multiply(Quantity& product, const Quantity& by, int power) {
  constexpr int largest = 1000;
  if (std::abs(power) > largest) return false;
  product.mantissa *= std::pow(by.mantissa, static_cast<long double>(power));
  product.exponent += by.exponent * power;
  for (size_t i = 0; i < measures; ++i) product.powers[i] += by.powers[i] * power;
  return std::isfinite(product.mantissa) && product.mantissa > 0 &&
         std::abs(product.exponent) <= largest;
}

std::optional<Quantity> unit_of_name(std::string_view name) {
  const Units& units = all_units();
  if (const auto found = units.find(name); found != units.end()) return found->second.size;
  if (auto size = with_prefix(name)) return size;
  const auto found = units.find(lower(name));
  if (found != units.end() && found->second.any_case) return found->second.size;
  return std::nullopt;
}

}  // namespace uhuru
