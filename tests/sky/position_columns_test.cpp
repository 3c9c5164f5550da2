#include "uhuru/sky/position_columns.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/support.hpp"
#include "uhuru/sky/crossmatch.hpp"

namespace uhuru {
namespace {

using testing::error_of;

struct Given {
  std::string ra, dec;  // cells
  std::string ra_unit = {}, dec_unit = {};
};

/// A table of one row, of text or of numbers.
Table table_of(const Given& given, Type type) {
  Table table;
  const auto add = [&](const char* name, const std::string& unit, const std::string& cell) {
    Field field = make_field(name, type, "");
    field.unit = unit;
    Column& column = table.add(field);
    if (type == Type::text)
      column.append_text(cell);
    else
      column.append_number(std::stod(cell));
  };
  add("RA", given.ra_unit, given.ra);
  add("dec", given.dec_unit, given.dec);
  return table;
}

sky::SkyPosition position_of(const Given& given, Type type = Type::text) {
  return sky::positions(table_of(given, type), {"ra", "dec"}).at(0);
}

void expect_near(const sky::SkyPosition& found, double ra_deg, double dec_deg) {
  EXPECT_NEAR(found.ra_deg, ra_deg, 1e-9);
  EXPECT_NEAR(found.dec_deg, dec_deg, 1e-9);
}

TEST(PositionColumns, ConvertTheirUnits) {
  const double ra = 245.8755;
  const double dec = -26.5;
  struct Unit {
    const char* name;
    double per_degree;
  };
  for (const Unit& unit : std::vector<Unit>{{"", 1},
                                            {"deg", 1},
                                            {"Degrees", 1},
                                            {"DEG", 1},
                                            {"_deg", 1},
                                            {"[deg]", 1},
                                            {"\u00b0", 1},
                                            {"rad", sky::radians_per_degree},
                                            {"radian", sky::radians_per_degree},
                                            {"RAD", sky::radians_per_degree},
                                            {"arcmin", 60},
                                            {"arcsec", 3600},
                                            {"mas", 3.6e6}}) {
    SCOPED_TRACE(unit.name);
    const auto cell = [&](double degrees) { return std::to_string(degrees * unit.per_degree); };
    const double last_digit = 1e-6 / unit.per_degree;
    for (const Type type : {Type::float64, Type::text}) {
      const sky::SkyPosition found = position_of({cell(ra), cell(dec), unit.name, unit.name}, type);
      EXPECT_NEAR(found.ra_deg, ra, last_digit);
      EXPECT_NEAR(found.dec_deg, dec, last_digit);
    }
  }
  for (const char* hours : {"h", "hour", "hourangle", "hours"})
    expect_near(position_of({"16.5", "0.5", hours, "deg"}, Type::float64), 247.5, 0.5);
}

TEST(PositionColumns, UnderstandSexagesimalText) {
  for (const auto& [ra, dec] : std::vector<std::pair<std::string, std::string>>{
           {"16 23 30.12", "-26 30 10.404"},
           {"16:23:30.12", "-26:30:10.404"},
           {"16h23m30.12s", "\u221226\u00b030\u203210.404\u2033"},
           {" 16 23 30.12 ", "\u201326 30 10.404"},
           {"245d52m31.8s", "-26d30m10.404s"},
           {"245.8755d", "-26.50289d"}})
    expect_near(position_of({ra, dec}), 245.8755, -26.50289);
  expect_near(position_of({"16 23 30.12", "+26 30 10.404", "h:m:s", "\"d:m:s\""}), 245.8755,
              26.50289);
  expect_near(position_of({"245 52 31.8", "-00 30 00", "d:m:s", "d:m:s"}), 245.8755, -0.5);
  expect_near(position_of({"16 23.502", "-26.5", "", "deg"}), 245.8755, -26.5);
  // What a service declares although it writes sexagesimal text.
  std::vector<std::string> notes;
  expect_near(sky::positions(table_of({"16 23 30.12", "-26 30 10.404", "deg", "deg"}, Type::text),
                             {"ra", "dec"}, &notes)
                  .at(0),
              245.8755, -26.50289);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_NE(notes[0].find("RA"), std::string::npos);
}

TEST(PositionColumns, RefuseWhatTheyAreNot) {
  const auto refused = [](const Given& given, Type type = Type::float64) {
    return error_of([&] { position_of(given, type); });
  };
  for (const char* unit : {"pix", "m", "km/s", "h:m:s", "d"})
    EXPECT_EQ(refused({"10", "10", unit, "deg"}).found(), "'" + std::string(unit) + "'");
  EXPECT_EQ(refused({"10", "10", "deg", "h"}).where(), "column dec");
  // One coordinate in hours, the other in degrees without saying so.
  EXPECT_EQ(refused({"16 23 30.12", "-26.5"}, Type::text).message(),
            "only one coordinate of a position is sexagesimal");
  for (const char* ra : {"25 00 00", "16 60 00", "16 23 -5", "16,23", "north", "-1h"})
    EXPECT_EQ(refused({ra, "10 00 00"}, Type::text).message(), "no position can be read") << ra;

  const auto frame = [](const std::string& ucd, const std::string& system,
                        const std::string& equinox = "") {
    Table table = table_of({"10", "20"}, Type::float64);
    table.columns[0].field.ucd = ucd;
    table.columns[1].field.ref = "frame";
    table.systems = {{"COOSYS", {{"ID", "frame"}, {"system", system}, {"equinox", equinox}}}};
    return table;
  };
  EXPECT_EQ(sky::positions(frame("pos.eq.ra;meta.main", "ICRS"), {"ra", "dec"}).size(), 1U);
  EXPECT_EQ(sky::positions(frame("", "eq_FK5", "J2000"), {"ra", "dec"}).size(), 1U);
  for (const Table& table :
       {frame("pos.galactic.lon", "ICRS"), frame("pos.eq.dec", "ICRS"), frame("", "galactic"),
        frame("", "eq_FK4", "B1950"), frame("", "eq_FK5", "J1975"), frame("", "ecl_FK5")})
    EXPECT_EQ(error_of([&] { sky::positions(table, {"ra", "dec"}); }).kind(), ErrorKind::input);
}

TEST(PositionColumns, NoteWhatCannotBeRead) {
  Table table = table_of({"16 23 30", "-26 30 10"}, Type::text);
  for (const char* ra : {"", "--", "n/a", "16 23 71", "16 23 30"}) {
    table.columns[0].append_text(ra);
    table.columns[1].append_text("-26 30 10");
  }
  std::vector<std::string> notes;
  const auto found = sky::positions(table, {"ra", "dec"}, &notes);
  std::vector<bool> valid;
  for (const sky::SkyPosition& position : found) valid.push_back(sky::is_valid(position));
  EXPECT_EQ(valid, (std::vector<bool>{true, false, false, false, false, true}));
  EXPECT_EQ(notes, (std::vector<std::string>{"1 position cannot be read and counts as missing "
                                             "(first: RA '16 23 71' in row 5)"}));
}

TEST(PositionColumns, BecomeDecimalInBatches) {
  const std::string csv =
      "a,ra,b,dec\n1,16 23 30.12,x,-26 30 10.404\n2,,y,\n3,0 0 12,z,+00 00 36\n";
  const auto reader = io::open_table_in_memory(csv, "t.csv");
  const auto decimal = sky::decimal_positions(*reader, {"RA", "Dec"});
  ASSERT_TRUE(decimal);
  EXPECT_EQ(decimal->header().column_names(), (std::vector<std::string>{"a", "ra", "b", "dec"}));
  EXPECT_EQ(decimal->header().at("ra").field.unit, "deg");
  Table all = decimal->header().empty_copy();
  Table batch = all.empty_copy();
  while (decimal->read(batch, 1)) all.append_rows(batch);
  ASSERT_EQ(all.rows(), 3U);
  EXPECT_NEAR(all.at("ra").number(0), 245.8755, 1e-10);
  EXPECT_TRUE(all.at("dec").missing(1));
  EXPECT_NEAR(all.at("dec").number(2), 0.01, 1e-12);
  EXPECT_EQ(all.at("b").text(2), "z");
  EXPECT_EQ(all.at("a").number(1), 2);

  const auto degrees = io::open_table_in_memory("ra,dec\n1,2\n", "t.csv");
  EXPECT_FALSE(sky::decimal_positions(*degrees, {"ra", "dec"}));
  EXPECT_FALSE(sky::decimal_positions(*degrees, {"ra", "de"}));
}

TEST(Crossmatch, SaysWhichMatchesWereAChoice) {
  const auto table = [](const std::string& csv) {
    return io::read_table(*io::open_table_in_memory(csv, "t.csv"));
  };
  const Table left = table("ra,dec\n50,10\n60,10\n,\n");
  const Table right = table("RA,DEC,ra\n50,10,1\n50,10,2\n60,10,3\n");
  sky::CrossmatchCounts counts;
  const Table joined =
      sky::crossmatch_tables(left, {"ra", "dec"}, table("RA,DEC,id\n50,10,1\n50,10,2\n60,10,3\n"),
                             {"ra", "dec"}, 1, sky::MatchFind::best, Threads(1), &counts);
  EXPECT_EQ(joined.at("id").number(0), 1);
  EXPECT_EQ(counts.matched, 2U);
  EXPECT_EQ(counts.notes,
            (std::vector<std::string>{"several right rows are equally near to 1 left row (first: "
                                      "row 1 of the left table); the first of them is used"}));
  // Columns whose names differ in case only get a suffix, so that the result can be read.
  EXPECT_EQ(joined.column_names(),
            (std::vector<std::string>{"ra", "dec", "RA_2", "DEC_2", "id", "separation_arcsec"}));
  // Which of the columns ra and RA is meant?
  EXPECT_EQ(error_of([&] {
              sky::positions(right, {"ra", "dec"});
            }).message(),
            "duplicate column name");
}

TEST(JoinTables, SaysWhyNothingMatches) {
  const auto table = [](const std::string& csv) {
    return io::read_table(*io::open_table_in_memory(csv, "t.csv"));
  };
  sky::CrossmatchCounts counts;
  sky::join_tables(table("k\na1\n"), "k", table("K\n5\n"), "k", sky::MatchFind::best, &counts);
  EXPECT_EQ(counts.notes,
            (std::vector<std::string>{
                "no keys are equal: k is text (such as 'a1'), K is long (such as '5')"}));
  sky::join_tables(table("k\n5\n"), "k", table("K,x\n5,a\n5,b\n"), "k", sky::MatchFind::best,
                   &counts);
  EXPECT_EQ(counts.notes,
            (std::vector<std::string>{"several right rows have the key of 1 left row (first: row "
                                      "1 of the left table); the first of them is used"}));
  sky::join_tables(table("k\n5\n"), "k", table("K,x\n5,a\n5,b\n"), "k", sky::MatchFind::all,
                   &counts);
  EXPECT_TRUE(counts.notes.empty());
}

}  // namespace
}  // namespace uhuru
