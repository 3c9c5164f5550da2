// The types and units of the columns of several tables that are one.
#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <span>

#include "io/joined_files.hpp"

namespace uhuru::io {
namespace {

using testing::error_of;

class JoinedColumns : public JoinedFiles {};

TEST_F(JoinedColumns, AreConvertedToTheFirstUnit) {
  const auto written = [&](const std::string& name, const std::string& unit, double value) {
    return table(name, one_column(with_unit("r", Type::float64, unit), {value, std::nan("")}));
  };
  const Table all = joined({file("n.csv", "r\n5\n"), written("a.vot", "arcsec", 7.2),
                            written("b.fits", "deg", 0.002), written("c.ecsv", "arcmin", 0.5)});
  EXPECT_EQ(all.columns[0].field.unit, "arcsec");
  EXPECT_EQ(cells_of(all),
            (std::vector<std::vector<std::string>>{
                {"5.0"}, {"7.2"}, {"missing"}, {"7.2"}, {"missing"}, {"30.0"}, {"missing"}}));
  EXPECT_TRUE(
      has_note(all, "column r: in deg in " + (folder_ / "b.fits") + ", converted to arcsec"));
  EXPECT_TRUE(has_note(all, "column r: no unit in " + (folder_ / "n.csv")));
  EXPECT_TRUE(has_note(all, "column r: of type long in "));
  const Table back = joined({written("b.fits", "deg", 1), written("a.vot", "arcsec", 7.2)});
  EXPECT_EQ(back.columns[0].number(2), 7.2 / 3600);
  EXPECT_EQ(joined({written("a.vot", "", 1), written("b.vot", "-", 1)}).notes.size(), 0u);
  // Other spellings are not a difference.
  EXPECT_EQ(joined({written("a.vot", "erg/cm2/s", 1), written("b.vot", "erg s-1 cm**-2", 1)})
                .notes.size(),
            0u);
}

TEST_F(JoinedColumns, WithWholeNumbersInAnotherUnitBecomeReal) {
  const auto written = [&](const std::string& name, const std::string& unit, double value) {
    return table(name, one_column(with_unit("t", Type::int32, unit), {value}));
  };
  const Table all = joined({written("a.vot", "ks", 3), written("b.vot", "s", 1500)});
  EXPECT_EQ(all.columns[0].field.type, Type::float64);
  EXPECT_EQ(cells_of(all), (std::vector<std::vector<std::string>>{{"3.0"}, {"1.5"}}));
}

TEST_F(JoinedColumns, WithUnitsOfDifferentThingsAreRefused) {
  const std::string a = table("a.vot", one_column(with_unit("r", Type::float64, "arcsec"), {1}));
  const std::string b = table("b.vot", one_column(with_unit("R", Type::float64, "keV"), {1}));
  const Error error = error_of([&] { joined({a, b}); });
  EXPECT_EQ(error.kind(), ErrorKind::input);
  for (const std::string& word :
       {b, a, std::string("column R"), std::string("arcsec"), std::string("keV")})
    EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
  Table text;
  text.add(with_unit("r", Type::text, "deg")).append_text("1");
  EXPECT_NE(std::string(error_of([&] {
                          joined({a, table("c.vot", text)});
                        }).what())
                .find("texts cannot be converted"),
            std::string::npos);
}

TEST_F(JoinedColumns, HaveATypeThatHoldsAll) {
  const std::vector<std::pair<Type, Type>> promoted = {
      {Type::int16, Type::int32},     {Type::int32, Type::int64},     {Type::byte, Type::int16},
      {Type::int64, Type::float64},   {Type::float32, Type::float64}, {Type::int16, Type::float64},
      {Type::boolean, Type::float64}, {Type::boolean, Type::int32}};
  for (const auto& [narrow, wide] : promoted) {
    const std::string a =
        table("a.vot", one_column(make_field("x", narrow, ""), {1, std::nan("")}));
    const std::string b = table("b.vot", one_column(make_field("x", wide, ""), {1, 0}));
    for (const auto& names : {std::vector{a, b}, std::vector{b, a}}) {
      const Table all = joined(names);
      EXPECT_EQ(all.columns[0].field.type, wide);
      EXPECT_EQ(all.columns[0].missing_count(), 1u);
      EXPECT_TRUE(has_note(
          all, fmt::format("of type {} in {}, read as {}", type_name(narrow), a, type_name(wide))));
    }
  }
  const std::string a = table("a.vot", one_column(make_field("x", Type::float32, ""), {1}));
  const std::string b = table("b.vot", one_column(make_field("x", Type::int16, ""), {1}));
  EXPECT_EQ(joined({a, b}).columns[0].field.type, Type::float64);
  EXPECT_EQ(joined({a, a}).columns[0].field.type, Type::float32);
}

TEST_F(JoinedColumns, SayWhenWholeNumbersAreRounded) {
  const Table all = joined({file("a.csv", "x\n9007199254740993\n5\n"), file("b.csv", "x\n1.5\n")});
  EXPECT_TRUE(has_note(all, "column x: 1 whole number of more than 15 digits is rounded"));
}

TEST_F(JoinedColumns, BecomeTextIfOneIs) {
  const Table all = joined(
      {file("a.csv", "x\n1\n\n2\n"), file("b.csv", "x\nabc\n"), file("c.csv", "x,y\n1.5,\n,2\n")});
  EXPECT_EQ(cells_of(all), (std::vector<std::vector<std::string>>{{"1", "missing"},
                                                                  {"missing", "missing"},
                                                                  {"2", "missing"},
                                                                  {"abc", "missing"},
                                                                  {"1.5", "missing"},
                                                                  {"missing", "2"}}));
  EXPECT_TRUE(has_note(all, "column x: of type long in " + (folder_ / "a.csv") + ", read as text"));
}

TEST_F(JoinedColumns, WithAColumnWithoutValuesKeepItsType) {
  const Table all = joined(
      {file("a.csv", "x,y\n1.5,a\n"), file("b.csv", "x,y\n,b\n,c\n"), file("c.csv", "x,y\n")});
  EXPECT_EQ(all.columns[0].field.type, Type::float64);
  EXPECT_EQ(all.rows(), 3u);
  EXPECT_EQ(all.columns[0].missing_count(), 2u);
  EXPECT_TRUE(all.notes.empty()) << all.notes.front();
  // Also if the table with values comes last, and if none has any.
  EXPECT_EQ(joined({folder_ / "b.csv", folder_ / "a.csv"}).columns[0].field.type, Type::float64);
  EXPECT_EQ(joined({folder_ / "b.csv", folder_ / "c.csv"}).columns[0].field.type, Type::text);
}

TEST_F(JoinedColumns, JoinArrays) {
  const auto written = [&](const std::string& name, Type type, const std::string& shape,
                           const std::vector<double>& values) {
    Table table;
    Field field = make_field("x", type, "");
    field.arraysize = shape;
    Column& column = table.add(field);
    if (type == Type::float64) {
      column.append(std::span<const double>(values));
    } else {
      std::vector<int32_t> whole(values.begin(), values.end());
      column.append(std::span<const int32_t>(whole));
    }
    column.append_missing();
    return this->table(name, table);
  };
  const std::string three = written("a.vot", Type::int32, "3", {1, 2, 3});
  const std::string two = written("b.vot", Type::float64, "2", {0.5, 4});
  const Table all = joined({three, two});
  EXPECT_EQ(all.columns[0].field.arraysize, "*");
  EXPECT_EQ(cells_of(all), (std::vector<std::vector<std::string>>{
                               {"1.0 2.0 3.0"}, {"missing"}, {"0.5 4.0"}, {"missing"}}));
  const std::string scalar = table("c.vot", one_column(make_field("x", Type::int32, ""), {1}));
  const Error error = error_of([&] { joined({three, scalar}); });
  EXPECT_NE(std::string(error.what()).find("different shapes"), std::string::npos) << error.what();
  EXPECT_NE(std::string(error.what()).find(scalar), std::string::npos) << error.what();
  const std::string square = written("d.vot", Type::int32, "2x2", {1, 2, 3, 4});
  EXPECT_EQ(joined({square, square}).columns[0].field.arraysize, "2x2");
  error_of([&] { joined({square, three}); });
}

TEST_F(JoinedColumns, KeepMarkedValuesApart) {
  // The mark of the first table is a value in the second.
  const auto written = [&](const std::string& name, std::optional<int64_t> marker, double value,
                           const std::string& shape) {
    Table table;
    Field field = make_field("x", Type::int32, "");
    field.null_marker = marker;
    field.arraysize = shape;
    Column& column = table.add(field);
    if (shape.empty()) {
      column.append_number(value);
      column.append_missing();
    } else {
      const std::vector<int32_t> values = {7, static_cast<int32_t>(value)};
      column.append(std::span<const int32_t>(values));
    }
    return this->table(name, table);
  };
  const Table all =
      joined({written("a.fits", -99, 1, ""), written("b.vot", std::nullopt, -99, "")});
  EXPECT_EQ(cells_of(read_table(table("c.fits", all))),
            (std::vector<std::vector<std::string>>{{"1"}, {"missing"}, {"-99"}, {"missing"}}));
  const Table arrays = joined({written("a.vot", -99, -99, "2"), written("b.vot", -1, -99, "2")});
  EXPECT_EQ(cells_of(arrays), (std::vector<std::vector<std::string>>{{"7.0 nan"}, {"7.0 -99.0"}}));
}

}  // namespace
}  // namespace uhuru::io
