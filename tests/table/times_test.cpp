// Moments in columns.
#include "uhuru/table/times.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace uhuru {
namespace {

Field field_of(const char* name, Type type, const char* unit, const char* ucd) {
  Field field = make_field(name, type, "", ucd);
  field.unit = unit;
  return field;
}

TEST(Times, IsoTextsAreModifiedJulianDates) {
  EXPECT_EQ(parse_iso_time("1858-11-17"), 0.0);
  EXPECT_EQ(parse_iso_time("2000-01-01T12:00:00"), 51544.5);
  EXPECT_EQ(parse_iso_time(" 2000-01-01 18:00 "), 51544.75);
  EXPECT_EQ(parse_iso_time("2000-02-29"), 51603.0);
  EXPECT_EQ(parse_iso_time("2000-01-01T12:00:00Z"), 51544.5);
  // A row of the Chandra Source Catalog, which has both.
  EXPECT_NEAR(parse_iso_time("2000-06-30T04:41:19").value_or(0), 51725.19536, 1e-5);
  EXPECT_NEAR(parse_iso_time("2016-12-31T23:59:60.5").value_or(0), 57754 + 0.5 / 86400, 1e-9);
}

TEST(Times, OtherTextsAreNot) {
  for (const char* text :
       {"", "2000", "2000-01", "2000-13-01", "2001-02-29", "2000-01-00", "20000101", "-200-01-01",
        "2000-01-01T", "2000-01-01T25:00", "2000-01-01T12", "2000-01-01T12:60", "2000-1-1",
        "2000-01-01T12:00:61", "2000-01-01T12:00:1e1", "2000-01-01x12:00", "2000/01/01",
        "2000-01-01T12:00:00+01:00"})
    EXPECT_FALSE(parse_iso_time(text)) << text;
}

TEST(Times, AreRecognisedByUcdOrName) {
  const auto fits = [](const char* name, const char* ucd) {
    return fits_time(field_of(name, Type::float64, "d", ucd));
  };
  EXPECT_GT(fits("x", "time.start;obs"), fits("x", "time.epoch"));
  EXPECT_GT(fits("x", "time.epoch;obs"), fits("x", "time"));
  EXPECT_GT(fits("x", "time"), fits("MJD", ""));
  EXPECT_GT(fits("MJD", ""), 0);
  EXPECT_GT(fits("date_obs", "meta.id;obs"), 0);
  EXPECT_EQ(fits("mjd", "time.period"), 0);
  EXPECT_EQ(fits("exposure", "time.duration;obs.exposure"), 0);
  EXPECT_EQ(fits("period", ""), 0);
  EXPECT_EQ(fits("mjd_ref", ""), 0);
}

TEST(Times, NumbersAreDaysOrYears) {
  const auto moments = [](const char* unit, std::initializer_list<double> values) {
    Column column(field_of("t", Type::float64, unit, "time"));
    for (const double value : values) column.append(value);
    return modified_julian_dates(column);
  };
  const auto days = moments("d", {51544.5, 2451545.0, std::nan("")});
  EXPECT_EQ(days[0], 51544.5);
  EXPECT_EQ(days[1], 51544.5);
  EXPECT_TRUE(std::isnan(days[2]));
  EXPECT_EQ(moments("", {51544.5})[0], 51544.5);
  EXPECT_EQ(moments("yr", {2001})[0], 51544.5 + 365.25);
  EXPECT_TRUE(std::isnan(moments("s", {78727278.9})[0]));
  Column texts(field_of("t", Type::text, "", "time"));
  for (const char* text : {"2000-01-01T12:00", "55058.022957", "", "unknown"})
    texts.append_text(text);
  const auto of_texts = modified_julian_dates(texts);
  EXPECT_EQ(of_texts[0], 51544.5);
  EXPECT_EQ(of_texts[1], 55058.022957);
  EXPECT_TRUE(std::isnan(of_texts[2]));
  EXPECT_TRUE(std::isnan(of_texts[3]));
}

}  // namespace
}  // namespace uhuru
