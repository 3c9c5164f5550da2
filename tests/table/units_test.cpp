#include "uhuru/table/units.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace uhuru {
namespace {

/// NaN if there is none.
double factor(const std::string& from, const std::string& to) {
  return unit_factor(from, to).value_or(std::nan(""));
}

TEST(Units, AreConvertedExactlyWhereTheyCanBe) {
  EXPECT_EQ(factor("deg", "arcsec"), 3600);
  EXPECT_EQ(factor("arcsec", "deg"), 1.0 / 3600);
  EXPECT_EQ(factor("arcmin", "arcsec"), 60);
  EXPECT_EQ(factor("arcsec", "mas"), 1000);
  EXPECT_EQ(factor("mas", "arcsec"), 0.001);
  EXPECT_EQ(factor("rad", "deg"), 57.29577951308232);
  EXPECT_EQ(factor("deg", "rad"), 0.017453292519943295);
  EXPECT_EQ(factor("keV", "eV"), 1000);
  EXPECT_EQ(factor("eV", "keV"), 0.001);
  EXPECT_EQ(factor("keV", "erg"), 1.602176634e-9);
  EXPECT_EQ(factor("erg", "J"), 1e-7);
  EXPECT_EQ(factor("ks", "s"), 1000);
  EXPECT_EQ(factor("d", "s"), 86400);
  EXPECT_EQ(factor("yr", "d"), 365.25);
  EXPECT_EQ(factor("h", "min"), 60);
  EXPECT_EQ(factor("MHz", "Hz"), 1e6);
  EXPECT_EQ(factor("km", "cm"), 1e5);
  EXPECT_EQ(factor("Angstrom", "nm"), 0.1);
  EXPECT_EQ(factor("%", ""), 0.01);
  EXPECT_EQ(factor("mag", "mmag"), 1000);
  EXPECT_DOUBLE_EQ(factor("sr", "deg2"), 3282.806350011744);
  EXPECT_NEAR(factor("pc", "m"), 3.0856775814913673e16, 8);
  EXPECT_EQ(factor("Hz", "s-1"), 1);
}

TEST(Units, AreUnderstoodInEverySpellingOfCatalogs) {
  const std::vector<std::vector<std::string>> same = {
      {"erg/cm2/s", "erg cm-2 s-1", "erg/cm**2/s", "erg cm**-2 s**-1", "erg.cm-2.s-1",
       "erg*cm^-2*s^-1", "erg / (cm2 s)", "erg/(s.cm**2)", "mW/m2", "10-3 W/m2", "10-3W/m2",
       "10**-3 W m**(-2)", "1e-3 W/m^2", "0.001W/m2", "ERG/cm2/sec", "10+0mW/m2"},
      {"ct/s", "count/s", "counts s-1", "cts/sec", "COUNT s**-1", "ct.s-1", "1/s ct", "/s ct"},
      {"photon.cm**-2.s**-1", "photons/cm2/s", "ph cm^-2 s^-1"},
      {"cm-2", "1/cm2", "cm**-2", "cm^-2", "/cm2", "CM**-2", "10+4 m-2"},
      {"deg", "degree", "Degrees", "DEG", "\u00b0"},
      {"arcsec", "ArcSec", "arcseconds", "\"", "asec"},
      {"uas", "\u00b5as", "muas", "uarcsec", "microarcsec"},
      {"km/s", "km s-1", "km.s**-1", "1000 m/s"},
      {"keV", "KEV", "kev", "10**3 eV", "1000eV"},
      {"a", "yr", "years"},
      {"m", "  m ", "((m))"}};
  for (const auto& spellings : same)
    for (const std::string& from : spellings)
      for (const std::string& to : spellings) EXPECT_EQ(factor(from, to), 1) << from << " " << to;
}

TEST(Units, KeepUpperAndLowerCaseWhereTheyDiffer) {
  EXPECT_EQ(factor("Ms", "ms"), 1e9);
  EXPECT_EQ(factor("mHz", "MHz"), 1e-9);
  EXPECT_EQ(factor("Pa", "N/m2"), 1);
  for (const char* unit : {"KS", "mhz", "M", "S", "PC"})
    EXPECT_FALSE(unit_factor(unit, "s") || unit_factor(unit, "Hz") || unit_factor(unit, "m"))
        << unit;
}

TEST(Units, ThatMeasureSomethingElseAreNotConverted) {
  const std::vector<std::pair<std::string, std::string>> different = {
      {"deg", "s"},
      {"h", "deg"},
      {"keV", "Angstrom"},
      {"ct/s", "photon/s"},
      {"erg/cm2/s", "erg/s"},
      {"ct/s", "s-1"},
      {"mag", "erg/cm2/s"},
      {"pixel", "arcsec"},
      {"[cm-2]", "[m-2]"},
      {"log(Hz)", "Hz"},
      {"m", ""},
      {"foo", "bar"},
      {"m0.5", "m"},
      {"m**(1/2)", "m"},
      {"sqrt(m)", "m"},
      {"m s", "m/s"},
      {"0 m", "m"},
      {"m//s", "m s-1"},
      {"m/", "m"},
      {"(m", "m"},
      {"m)", "m"},
      {"m2000", "m"},
      {"m-", "m"},
      {"..m", "m"},
      {"m**", "m"},
      {"10-m", "m"},
      {"m^(2", "m2"},
      {"kmin", "s"},
      {"1234567890123456789 m", "m"},
      {"10**999 m", "m"},
      {"m999 m999", "m"}};
  for (const auto& [from, to] : different) {
    EXPECT_FALSE(unit_factor(from, to)) << from << " to " << to;
    EXPECT_FALSE(unit_factor(to, from)) << to << " to " << from;
  }
  EXPECT_FALSE(unit_factor(std::string(100, '(') + "m" + std::string(100, ')'), "m"));
}

TEST(Units, ThatAreNotUnderstoodAreTheSameAsThemselves) {
  for (const char* unit : {"[cm-2]", "log(Hz)", "Foo/bar", "\"h:m:s\"", "sqrt(m)"})
    EXPECT_EQ(factor(unit, std::string(" ") + unit), 1) << unit;
}

TEST(Units, MayBeAbsent) {
  for (const char* none : {"", " ", "-", "---", "none", "None", "unitless"})
    EXPECT_TRUE(is_no_unit(none)) << none;
  for (const char* unit : {"m", "%", "-m"}) EXPECT_FALSE(is_no_unit(unit)) << unit;
}

}  // namespace
}  // namespace uhuru
