// ECSV: tables as astropy writes them, and ours read back.
#include <gtest/gtest.h>

#include <cmath>

#include "support/support.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

using testing::error_of;

Table read(const std::string& content) {
  return io::read_table(*io::open_table_in_memory(content, "a.ecsv"));
}

std::string ecsv(const std::string& yaml, const std::string& rows) {
  return "# %ECSV 1.0\n# ---\n" + yaml + "# schema: astropy-2.0\n" + rows;
}

TEST(Ecsv, ReadsWhatAstropyWrites) {
  // Written by astropy 5.2, except for the value of u64.
  const Table table = read(
      "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: obsid, datatype: string}\n"
      "# - {name: i8, datatype: int8}\n# - {name: u8, datatype: uint8}\n"
      "# - {name: u64, datatype: uint64}\n# - {name: f32, datatype: float32}\n"
      "# - {name: ld, datatype: float128}\n# - {name: b, datatype: bool}\n"
      "# - {name: c, datatype: complex128}\n"
      "# - {name: arr2, datatype: string, subtype: 'int64[2,3]'}\n"
      "# - name: m\n#   unit: s\n#   datatype: int64\n"
      "#   description: 'say \"hi\": {a}, #x'\n#   meta: !!omap\n#   - {ucd: time}\n"
      "# - {name: v, datatype: string, subtype: 'int64[null]'}\n"
      "# - {name: j, datatype: string, subtype: json}\n# - {name: s, datatype: string}\n"
      "# - {name: ma, datatype: string, subtype: 'int32[2]'}\n"
      "# - {name: f, datatype: string, subtype: 'float64[2]'}\n"
      "# meta: !!omap\n# - {name: T}\n# - {k: [1, two, {a: b}]}\n# - {x: 1.5}\n# - n: '7'\n"
      "# - comments:\n#   - &a c1\n#   - *a\n"
      "# schema: astropy-2.0\n"
      "obsid i8 u8 u64 f32 ld b c arr2 m v j s ma f\n"
      "00123 -1 1 1 1.5 1.5 True (1+2j) [[0,1,2],[3,4,5]] 1 [1,2] \"{\"\"a\"\":1}\" \"a b\" "
      "[1,null] [NaN,Infinity]\n"
      "00045 2 255 9223372036854775807 0.1 0.10000000000000000555 False 1j "
      "[[6,7,8],[9,10,11]] \"\" [] \"[1,\"\"x\"\"]\" \"x\ny\" [3,4] [1.5,null]\n"
      "\"\" 3 255 2 nan 2.0 \"\" (-1e-5-2j) [[0,0,0],[0,0,0]] 3 [3] null \"#h\" [null,null] "
      "\"\"\n");
  ASSERT_EQ(table.rows(), 3u);
  EXPECT_EQ(table.name, "T");
  EXPECT_EQ(table.at("obsid").text(0), "00123");
  EXPECT_TRUE(table.at("obsid").missing(2));
  EXPECT_EQ(table.at("i8").field.type, Type::int16);
  EXPECT_EQ(table.at("i8").number(0), -1);
  EXPECT_EQ(table.at("u8").field.type, Type::byte);
  EXPECT_EQ(table.at("u8").number(1), 255);
  EXPECT_EQ(cell_text(table.at("u64"), 1), "9223372036854775807");
  EXPECT_EQ(table.at("f32").field.type, Type::float32);
  EXPECT_EQ(table.at("f32").cell<float>(1)[0], 0.1F);
  EXPECT_TRUE(table.at("f32").missing(2));
  EXPECT_EQ(table.at("ld").number(1), 0.1);
  EXPECT_EQ(table.at("b").field.type, Type::boolean);
  EXPECT_EQ(table.at("b").number(0), 1);
  EXPECT_EQ(table.at("b").number(1), 0);
  EXPECT_TRUE(table.at("b").missing(2));
  EXPECT_EQ(cell_text(table.at("c"), 0), "1.0 2.0");
  EXPECT_EQ(cell_text(table.at("c"), 1), "0.0 1.0");
  EXPECT_EQ(cell_text(table.at("c"), 2), "-1e-05 -2.0");
  EXPECT_EQ(table.at("arr2").field.arraysize, "3x2");
  EXPECT_EQ(cell_text(table.at("arr2"), 1), "6 7 8 9 10 11");
  EXPECT_EQ(table.at("m").field.unit, "s");
  EXPECT_EQ(table.at("m").field.description, "say \"hi\": {a}, #x");
  EXPECT_EQ(table.at("m").field.ucd, "time");
  EXPECT_TRUE(table.at("m").missing(1));
  EXPECT_EQ(table.at("v").field.arraysize, "*");
  EXPECT_EQ(cell_text(table.at("v"), 0), "1 2");
  EXPECT_TRUE(table.at("v").missing(1));
  EXPECT_EQ(table.at("j").text(0), "{\"a\":1}");
  EXPECT_EQ(table.at("s").text(0), "a b");
  EXPECT_EQ(table.at("s").text(1), "x\ny");
  EXPECT_EQ(table.at("s").text(2), "#h");
  EXPECT_EQ(cell_text(table.at("ma"), 0), "1 null");
  EXPECT_TRUE(table.at("ma").missing(2));
  EXPECT_EQ(cell_text(table.at("f"), 0), "nan inf");
  EXPECT_EQ(cell_text(table.at("f"), 1), "1.5 nan");
  ASSERT_EQ(table.parameters.size(), 4u);
  EXPECT_EQ(table.parameters[0].value, R"([1,"two",{"a":"b"}])");
  EXPECT_EQ(table.parameters[1].field.type, Type::float64);
  EXPECT_EQ(table.parameters[2].field.type, Type::text);
  EXPECT_EQ(table.parameters[3].value, R"(["c1","c1"])");
  EXPECT_TRUE(table.notes.empty());
}

TEST(Ecsv, HoldsDeclaredTypes) {
  const Table table =
      read(ecsv("# delimiter: ','\n# datatype:\n# - {name: obsid, datatype: string}\n"
                "# - {name: x, datatype: float64}\n# - {name: n, datatype: int32}\n"
                "# - {name: e, datatype: float32}\n# - {name: big, datatype: uint64}\n"
                "# - {name: odd, datatype: int64}\n# - {name: o, datatype: object}\n",
                "obsid,x,n,e,big,odd,o\n00123,1,1.0,,18446744073709551615,1,7\n4,2,n/a,,1,x,8\n"));
  EXPECT_EQ(table.at("obsid").text(0), "00123");
  EXPECT_EQ(table.at("x").field.type, Type::float64);
  EXPECT_EQ(table.at("n").field.type, Type::text);
  EXPECT_EQ(table.at("e").field.type, Type::float32);
  EXPECT_EQ(table.at("e").missing_count(), 2u);
  EXPECT_EQ(table.at("big").text(0), "18446744073709551615");
  EXPECT_EQ(table.at("odd").text(1), "x");
  EXPECT_EQ(table.at("o").field.type, Type::int64);
  EXPECT_EQ(table.notes.size(), 4u) << join(table.notes, "; ");
  EXPECT_EQ(table.notes[2],
            "a.ecsv: column big is declared as long, but has other values: it is text");
}

TEST(Ecsv, SaysWhatIsWrongAndWhere) {
  struct Case {
    std::string text, message, where;
  };
  const std::string x = "# datatype:\n# - {name: x, datatype: int8}\n";
  const Case cases[] = {
      {ecsv("# datatype: [\n", "x\n1\n"), "the header of the ECSV table cannot be read",
       "a.ecsv, line 5"},
      {ecsv("# datatype: *none\n", "x\n1\n"), "the header of the ECSV table cannot be read",
       "a.ecsv, line 3"},
      {ecsv("# meta: {}\n", "x\n1\n"), "the ECSV header describes no columns", "a.ecsv"},
      {ecsv("# delimiter: ';'\n" + x, "x\n1\n"), "unknown delimiter in an ECSV table", "a.ecsv"},
      {ecsv(x, "y\n1\n"), "the ECSV header has other columns than the line of names",
       "a.ecsv, column 1"},
      {ecsv(x, "x y\n1 2\n"), "the ECSV header has other columns than the line of names", "a.ecsv"},
      {ecsv(x, ""), "the file contains no table", "a.ecsv"},
      {ecsv(x, "x\n1\n40000\n"), "unreadable value", "a.ecsv, row 2, column x"},
      {ecsv(x, "x\n1 2\n"), "wrong number of cells in a row", "a.ecsv, row 1 (line 7)"},
      {ecsv("# datatype:\n# - {name: x, datatype: string, subtype: 'int64[2]'}\n", "x\n[1,2,3]\n"),
       "unreadable value", "a.ecsv, row 1, column x"},
      {ecsv("# datatype:\n# - {name: x, datatype: string, subtype: 'int64[9999999,99]'}\n", "x\n"),
       "an array is too large", "a.ecsv"},
  };
  for (const Case& wrong : cases) {
    const Error error = error_of([&] { read(wrong.text); });
    EXPECT_EQ(error.message(), wrong.message) << wrong.text;
    EXPECT_EQ(error.where(), wrong.where) << wrong.text;
  }
}

TEST(Ecsv, BoundsWhatAliasesRepeat) {
  std::string bomb = "# meta:\n#   a0: &a0 [x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string last = std::to_string(i - 1);
    bomb += "#   a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 8; ++k) bomb += (k ? ", *a" : "*a") + last;
    bomb += "]\n";
  }
  const std::string x = "# datatype:\n# - {name: x, datatype: int8}\n";
  EXPECT_EQ(error_of([&] { read(ecsv(bomb + x, "x\n1\n")); }).found(), "too many aliases");
  const std::string deep = "# meta: " + std::string(1000, '[') + std::string(1000, ']') + "\n";
  EXPECT_EQ(error_of([&] { read(ecsv(deep + x, "x\n1\n")); }).found(), "nested too deeply");
}

TEST(Ecsv, ComesBackAsItWasWritten) {
  Table table;
  table.name = "a: name";
  table.description = "two\nlines, \xc3\xa9";
  Parameter parameter;
  parameter.field = make_field("n", Type::int64, "");
  parameter.value = "7";
  table.parameters.push_back(parameter);
  parameter.field = make_field("1e5: \"k\"", Type::text, "");
  parameter.value = "12";
  table.parameters.push_back(parameter);
  const auto field = [](const char* name, Type type, const char* arraysize = "") {
    Field made = make_field(name, type, "what: 'is', {it} \\ \xc2\x85 \"?\"");
    made.arraysize = arraysize;
    made.unit = "erg / (cm2 s)";
    made.ucd = "phot.flux;em.X-ray";
    return made;
  };
  Column& text = table.add(field("true", Type::text));
  for (const char* cell : {"00123", "", " a,\"b\" \n#"}) text.append_text(cell);
  Column& number = table.add(field("y", Type::float64));
  for (const double value : {1.0, std::nan(""), -1e300}) number.append(value);
  Column& single = table.add(field("a b", Type::float32));
  for (const float value : {0.1F, std::nanf(""), 3e38F}) single.append(value);
  Column& flag = table.add(field("flag", Type::boolean));
  flag.append(uint8_t{1});
  flag.append_missing();
  flag.append(uint8_t{0});
  Column& byte = table.add(field("byte", Type::byte));
  byte.append(uint8_t{255});
  byte.append_missing();
  byte.append(uint8_t{0});
  Column& grid = table.add(field("grid", Type::int16, "2x3"));
  const int16_t cells[] = {1, 2, 3, -4, 5, 6};
  grid.append(std::span<const int16_t>(cells));
  grid.append_missing();
  grid.append(std::span<const int16_t>(cells));
  Column& list = table.add(field("list", Type::float64, "*"));
  const double values[] = {1.5, std::nan(""), INFINITY};
  list.append(std::span<const double>(values));
  list.append_missing();
  list.append(std::span<const double>(values).subspan(0, 1));
  const testing::ScratchFolder scratch;
  for (const char* name : {"a.ecsv", "b.ecsv.gz"}) {
    io::write_table(scratch / name, table);
    const Table again = io::read_table(scratch / name);
    EXPECT_EQ(again.name, table.name);
    EXPECT_EQ(again.description, table.description);
    ASSERT_EQ(again.parameters.size(), 2u);
    EXPECT_EQ(again.parameters[0].field.type, Type::int64);
    EXPECT_EQ(again.parameters[1].field.name, "1e5: \"k\"");
    EXPECT_EQ(again.parameters[1].field.type, Type::text);
    ASSERT_EQ(again.columns.size(), table.columns.size());
    for (size_t c = 0; c < table.columns.size(); ++c) {
      const Column& before = table.columns[c];
      const Column& after = again.columns[c];
      EXPECT_EQ(after.field.name, before.field.name);
      EXPECT_EQ(after.field.type, before.field.type);
      EXPECT_EQ(after.field.arraysize, before.field.arraysize);
      EXPECT_EQ(after.field.unit, before.field.unit);
      EXPECT_EQ(after.field.ucd, before.field.ucd);
      EXPECT_EQ(after.field.description, before.field.description);
      ASSERT_EQ(after.size(), before.size());
      for (size_t row = 0; row < before.size(); ++row) {
        EXPECT_EQ(after.missing(row), before.missing(row)) << before.field.name << row;
        EXPECT_EQ(cell_text(after, row), cell_text(before, row)) << before.field.name << row;
      }
    }
  }
}

}  // namespace
}  // namespace uhuru
