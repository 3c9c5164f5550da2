// VOTables that other programs read although something in them is odd: what can be understood is
// read, what cannot counts as missing, and a note says so.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <cmath>

#include "support/support.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

using testing::error_of;
using Notes = std::vector<std::string>;

std::string document(const std::string& fields, const std::string& data) {
  return "<?xml version='1.0'?><VOTABLE version='1.3'><RESOURCE><TABLE>" + fields + "<DATA>" +
         data + "</DATA></TABLE></RESOURCE></VOTABLE>";
}

std::string tabledata(const std::string& fields, const std::string& rows) {
  return document(fields, "<TABLEDATA>" + rows + "</TABLEDATA>");
}

std::string stream(const std::string& fields, const std::string& element,
                   const std::string& base64) {
  return document(
      fields, fmt::format("<{0}><STREAM encoding='base64'>{1}</STREAM></{0}>", element, base64));
}

Table read(const std::string& content) {
  return io::read_table(*io::open_table_in_memory(content, "a.vot"));
}

/// A row with these cells.
std::string row(const std::vector<std::string>& cells) {
  std::string text = "<TR>";
  for (const std::string& cell : cells) text += "<TD>" + cell + "</TD>";
  return text + "</TR>";
}

/// All cells of a column, "-" if missing.
std::vector<std::string> cells(const Column& column) {
  std::vector<std::string> result;
  for (size_t row = 0; row < column.size(); ++row)
    result.push_back(column.missing(row) ? "-" : cell_text(column, row));
  return result;
}

using Cells = std::vector<std::string>;

TEST(VotableOddities, ACellThatIsNoValueIsMissingAndCounted) {
  const Table table = read(tabledata(
      "<FIELD name='name' datatype='char' arraysize='*'/><FIELD name='flux' datatype='double'/>"
      "<FIELD name='n' datatype='int'/><FIELD name='f' datatype='float'/>",
      row({"null", "null", "1", "1"}) + row({"a", "2.5", "--", "n/a"}) +
          row({"b", "1110.000E-", "3", "2.5"}) + row({"c", " 7e2 ", "1.5", "1e3"}) +
          row({"d", "1,5", "0x10", "12abc"})));
  EXPECT_EQ(cells(table.at("name")), (Cells{"null", "a", "b", "c", "d"}));
  EXPECT_EQ(cells(table.at("flux")), (Cells{"-", "2.5", "-", "700.0", "-"}));
  EXPECT_EQ(cells(table.at("n")), (Cells{"1", "-", "3", "-", "16"}));
  EXPECT_EQ(cells(table.at("f")), (Cells{"1.0", "-", "2.5", "1000.0", "-"}));
  EXPECT_EQ(
      table.notes,
      (Notes{"a.vot: column flux: 3 cells are not numbers and count as missing, first: row 1, "
             "'null'",
             "a.vot: column n: 2 cells are not whole numbers of type int and count as "
             "missing, first: row 2, '--'",
             "a.vot: column f: 2 cells are not numbers and count as missing, first: row 2, "
             "'n/a'"}));
}

TEST(VotableOddities, ANumberBeyondItsTypeIsMissing) {
  const Table table =
      read(tabledata("<FIELD name='b' datatype='unsignedByte'/><FIELD name='s' datatype='short'/>"
                     "<FIELD name='i' datatype='int'/><FIELD name='l' datatype='long'/>",
                     row({"255", "-32768", "2147483647", "-9223372036854775808"}) +
                         row({"256", "-32769", "2147483648", "9223372036854775808"}) +
                         row({"-1", "32767", "-2147483648", "9223372036854775807"})));
  EXPECT_EQ(cells(table.at("b")), (Cells{"255", "-", "-"}));
  EXPECT_EQ(cells(table.at("s")), (Cells{"-32768", "-", "32767"}));
  EXPECT_EQ(cells(table.at("i")), (Cells{"2147483647", "-", "-2147483648"}));
  EXPECT_EQ(cells(table.at("l")), (Cells{"-9223372036854775808", "-", "9223372036854775807"}));
  ASSERT_EQ(table.notes.size(), 4u);
  EXPECT_EQ(table.notes[1],
            "a.vot: column s: 1 cell is not a whole number of type short and counts as missing, "
            "row 2, '-32769'");
}

TEST(VotableOddities, ABooleanThatIsNoneIsMissing) {
  const Table table =
      read(tabledata("<FIELD name='b' datatype='boolean'/>",
                     row({"T"}) + row({"maybe"}) + row({"FALSE"}) + row({"y"}) + row({"?"})));
  EXPECT_EQ(cells(table.at("b")), (Cells{"true", "-", "false", "-", "-"}));
  EXPECT_EQ(table.notes, (Notes{"a.vot: column b: 2 cells are not booleans and count as missing, "
                                "first: row 2, 'maybe'"}));
  // T, X, F, 0x00 and 'f' in BINARY.
  const Table binary = read(stream("<FIELD name='b' datatype='boolean'/>", "BINARY", "VFhGAGY="));
  EXPECT_EQ(cells(binary.at("b")), (Cells{"true", "-", "false", "-", "false"}));
  EXPECT_EQ(binary.notes, (Notes{"a.vot: column b: 1 cell is not a boolean and counts as missing, "
                                 "row 2, 'X'"}));
  // The same in BINARY2: a byte of flags before each row.
  const Table binary2 = read(stream("<FIELD name='b' datatype='boolean'/>", "BINARY2", "AFQAWABG"));
  EXPECT_EQ(cells(binary2.at("b")), (Cells{"true", "-", "false"}));
  EXPECT_EQ(binary2.notes.size(), 1u);
}

TEST(VotableOddities, AnArrayKeepsTheElementsThatAreValues) {
  const Table table = read(tabledata(
      "<FIELD name='d' datatype='double' arraysize='2'/><FIELD name='i' datatype='int' "
      "arraysize='2'/><FIELD name='m' datatype='int' arraysize='2'><VALUES null='-9'/></FIELD>"
      "<FIELD name='b' datatype='boolean' arraysize='2'/><FIELD name='v' datatype='float' "
      "arraysize='*'/>",
      row({"1 2", "1 2", "1 2", "T F", "1 2 3"}) + row({"1 x", "1 x", "1 x", "T x", "x 2"}) +
          row({"1", "1 2 3", "1 2 3", "T", "4"})));
  EXPECT_EQ(cells(table.at("d")), (Cells{"1.0 2.0", "1.0 nan", "-"}));
  EXPECT_EQ(cells(table.at("i")), (Cells{"1 2", "-", "-"}));
  EXPECT_EQ(cells(table.at("m")), (Cells{"1 2", "1 null", "-"}));
  EXPECT_EQ(cells(table.at("b")), (Cells{"true false", "true ?", "-"}));
  EXPECT_EQ(cells(table.at("v")), (Cells{"1.0 2.0 3.0", "nan 2.0", "4.0"}));
  ASSERT_EQ(table.notes.size(), 5u);
  EXPECT_EQ(table.notes[0],
            "a.vot: column d: 2 cells are not arrays of shape 2 and count as missing, first: row "
            "2, '1 x'");
}

TEST(VotableOddities, IsTheSameOnAnyNumberOfThreads) {
  std::string rows;
  for (int i = 0; i < 40000; ++i) rows += row({i % 1000 == 7 ? "none" : std::to_string(i)});
  const std::string text = tabledata("<FIELD name='x' datatype='double'/>", rows);
  for (const int threads : {1, 3}) {
    const Table table = io::read_table(*io::open_table_in_memory(text, "a.vot", Threads(threads)));
    EXPECT_EQ(table.rows(), 40000u);
    EXPECT_EQ(table.columns[0].missing_count(), 40u);
    EXPECT_EQ(table.notes, (Notes{"a.vot: column x: 40 cells are not numbers and count as missing, "
                                  "first: row 8, 'none'"}));
  }
}

TEST(VotableOddities, AnUnknownDatatypeIsText) {
  const Table table = read(tabledata(
      "<FIELD name='s' datatype='string'/><FIELD name='q' datatype='quad'/><FIELD name='n'/>"
      "<FIELD name='u' datatype='unsignedShort'/><FIELD name='f' datatype='float64'/>"
      "<FIELD name='D' datatype='Double'/><FIELD name='e' datatype=' double '/>",
      row({"abc", "1.5", "x", "65535", "0.25", "3", "4"}) + row({"", "", "", "", "", "", ""})));
  EXPECT_EQ(table.at("s").text(0), "abc");
  EXPECT_EQ(table.at("q").text(0), "1.5");
  EXPECT_EQ(table.at("n").text(0), "x");
  EXPECT_EQ(table.at("u").number(0), 65535);
  EXPECT_EQ(table.at("f").number(0), 0.25);
  EXPECT_EQ(table.at("D").number(0), 3);
  EXPECT_EQ(table.at("e").number(0), 4);
  for (const Column& column : table.columns) EXPECT_TRUE(column.missing(1)) << column.field.name;
  EXPECT_EQ(table.notes,
            (Notes{"a.vot: column s: datatype 'string' is read as char",
                   "a.vot: column q: unknown datatype 'quad': its values are read as text",
                   "a.vot: column n: no datatype: its values are read as text",
                   "a.vot: column u: datatype 'unsignedShort' is read as int",
                   "a.vot: column f: datatype 'float64' is read as double",
                   "a.vot: column D: datatype 'Double' is read as double"}));
}

TEST(VotableOddities, AnUnknownSizeInBinaryIsAnError) {
  for (const char* field :
       {"<FIELD name='x' datatype='quad'/>", "<FIELD name='x' datatype='string'/>",
        "<FIELD name='x' datatype='unsignedShort'/>", "<FIELD name='x'/>",
        "<FIELD name='x' datatype='int' arraysize='many'/>"})
    for (const char* element : {"BINARY", "BINARY2"}) {
      const Error error = error_of([&] { read(stream(field, element, "AAAA")); });
      EXPECT_EQ(error.message(), "the size of a column's values is unknown") << field;
      EXPECT_EQ(error.where(), "a.vot, FIELD x");
    }
  const Table sized =
      read(stream("<FIELD name='x' datatype='string' arraysize='2'/>"
                  "<FIELD name='y' datatype='int16'/>",
                  "BINARY", "YWIBAA=="));
  EXPECT_EQ(sized.at("x").text(0), "ab");
  EXPECT_EQ(sized.at("y").number(0), 256);
}

TEST(VotableOddities, AnUnreadableArraysizeIsAnyLength) {
  const Table table = read(
      tabledata("<FIELD name='a' datatype='int' arraysize='many'/><FIELD name='t' datatype='char' "
                "arraysize='q'/><FIELD name='z' datatype='double' arraysize='0'/>",
                row({"1 2 3", "abc", "1.5"})));
  EXPECT_EQ(cell_text(table.at("a"), 0), "1 2 3");
  EXPECT_EQ(table.at("t").text(0), "abc");
  EXPECT_EQ(cell_text(table.at("z"), 0), "1.5");
  ASSERT_EQ(table.notes.size(), 3u);
  EXPECT_EQ(table.notes[0], "a.vot: column a: unreadable arraysize 'many': any length is accepted");
}

TEST(VotableOddities, ANullValueThatIsNoneIsIgnored) {
  const Table table =
      read(tabledata("<FIELD name='i' datatype='short'><VALUES null='99999'/></FIELD>"
                     "<FIELD name='j' datatype='int'><VALUES null='nothing'/></FIELD>"
                     "<FIELD name='k' datatype='int'><VALUES null=' -0x10 '/></FIELD>"
                     "<FIELD name='h' datatype='int'><VALUES null='0x10'/></FIELD>",
                     row({"1", "2", "3", "16"})));
  EXPECT_EQ(cells(table.at("i")), Cells{"1"});
  EXPECT_EQ(cells(table.at("h")), Cells{"-"});
  EXPECT_EQ(table.notes,
            (Notes{"a.vot: column i: the null value '99999' is not of type short and is ignored",
                   "a.vot: column j: the null value 'nothing' is not of type int and is ignored",
                   "a.vot: column k: the null value '-0x10' is not of type int and is ignored"}));
}

TEST(VotableOddities, ANullValueMayStandInAnotherColumn) {
  const Table table =
      read(tabledata("<FIELD name='i' datatype='int'><VALUES ID='v' null='-99'/></FIELD>"
                     "<FIELD name='j' datatype='int'><VALUES ref='v'/></FIELD>"
                     "<FIELD name='k' datatype='int'><VALUES ref='w'/></FIELD>",
                     row({"-99", "-99", "-99"})));
  EXPECT_TRUE(table.at("i").missing(0));
  EXPECT_TRUE(table.at("j").missing(0));
  EXPECT_EQ(table.at("k").number(0), -99);
}

TEST(VotableOddities, ACellMayBeEncoded) {
  const auto encoded = [](const std::string& base64) {
    return "<TR><TD encoding='base64'>" + base64 + "</TD></TR>";
  };
  const Table table = read(tabledata(
      "<FIELD name='f' datatype='float'/>",
      encoded("P4AAAA==") + encoded("P4AA") + encoded("P4AAAD+AAAA=") + encoded("!") + row({"2"})));
  EXPECT_EQ(cells(table.at("f")), (Cells{"1.0", "-", "-", "-", "2.0"}));
  EXPECT_EQ(table.notes, (Notes{"a.vot: column f: 3 cells are not numbers and count as missing, "
                                "first: row 2, 'P4AA'"}));
}

TEST(VotableOddities, OlderServicesSayWhyThereIsNoTable) {
  for (const char* info : {"<INFO name='ERROR'> no such object </INFO>",
                           "<RESOURCE><INFO name='Error' value='no such object'/></RESOURCE>"}) {
    const Error error = error_of([&] { read(std::string("<VOTABLE>") + info + "</VOTABLE>"); });
    EXPECT_EQ(error.kind(), ErrorKind::service);
    EXPECT_EQ(error.found(), "no such object");
  }
}

TEST(VotableOddities, RowsMayBeShortOrLong) {
  const std::string fields =
      "<FIELD name='a' datatype='int'/><FIELD name='b' datatype='int'/><FIELD name='c' "
      "datatype='char' arraysize='*'/>";
  const Table table = read(tabledata(
      fields, row({"1", "2", "x"}) + row({"3"}) + "<TR/>" + row({"4", "5", "y", "6", "7"})));
  EXPECT_EQ(cells(table.at("a")), (Cells{"1", "3", "-", "4"}));
  EXPECT_EQ(cells(table.at("b")), (Cells{"2", "-", "-", "5"}));
  EXPECT_EQ(cells(table.at("c")), (Cells{"x", "-", "-", "y"}));
  EXPECT_EQ(
      table.notes,
      (Notes{"a.vot: 2 rows have fewer cells than there are columns (3): the last columns "
             "count as missing there, first: row 2, 1 cell",
             "a.vot: 1 row has more cells than there are columns (3): the last cells are left "
             "out, row 4, 5 cells"}));
}

TEST(VotableOddities, FewNotesAreSaidOfManyColumns) {
  std::string fields;
  std::vector<std::string> bad;
  for (int c = 0; c < 100; ++c) {
    fields += fmt::format("<FIELD name='c{}' datatype='{}'/>", c,
                          c < 50 ? fmt::format("q{}", c / 2) : "int");
    bad.push_back("x");
  }
  const Table table = read(tabledata(fields, row(bad)));
  ASSERT_EQ(table.notes.size(), 42u);
  EXPECT_EQ(table.notes[19],
            "a.vot: column c38 and 1 other: unknown datatype 'q19': its values are read as text");
  EXPECT_EQ(table.notes[20], "a.vot: 10 more notes about columns");
  EXPECT_EQ(table.notes[41], "a.vot: 30 more columns have cells that count as missing");
}

TEST(VotableOddities, TheServiceMayCutATableShort) {
  const std::string table = "<TABLE><FIELD name='a' datatype='int'/><DATA><TABLEDATA>" +
                            row({"1"}) + "</TABLEDATA></DATA></TABLE>";
  const std::string overflow = "<INFO name='QUERY_STATUS' value='OVERFLOW'/>";
  const std::string ok = "<INFO name='QUERY_STATUS' value='OK'/>";
  const Notes cut = {"a.vot: the service cut the table short: rows are missing"};
  for (const std::string& content : {ok + overflow + table, ok + table + overflow})
    EXPECT_EQ(read("<VOTABLE><RESOURCE>" + content + "</RESOURCE></VOTABLE>").notes, cut);
  EXPECT_EQ(read("<VOTABLE><RESOURCE>" + ok + table + "</RESOURCE></VOTABLE>").notes, Notes{});
}

TEST(VotableOddities, TheOtherTablesOfTheFileAreNamed) {
  const std::string table =
      "<TABLE><FIELD name='a' datatype='int'/><DATA><TABLEDATA/></DATA></TABLE>";
  const std::string text = "<VOTABLE><RESOURCE>" + table + table + "</RESOURCE><RESOURCE>" + table +
                           "</RESOURCE></VOTABLE>";
  const testing::ScratchFolder scratch;
  testing::write_file(scratch / "a.vot", text);
  const auto others = [&](const std::string& part) {
    const auto reader = io::open_table((scratch / "a.vot") + part);
    io::read_table(*reader);
    return reader->other_tables();
  };
  EXPECT_EQ(others(""), (Notes{"2", "3"}));
  EXPECT_EQ(others("#2"), (Notes{"1", "3"}));
}

TEST(VotableOddities, OtherEncodingsOfSingleBytes) {
  for (const auto& [encoding, euro] :
       {std::pair("windows-1252", "\x80"), std::pair("ISO-8859-15", "\xa4")}) {
    std::string text = tabledata("<FIELD name='t' datatype='char' arraysize='*'/>",
                                 row({std::string("\xfc ") + euro}));
    text.replace(text.find("'1.0'"), 5, fmt::format("'1.0' encoding='{}'", encoding));
    EXPECT_EQ(read(text).columns[0].text(0), "ü €") << encoding;
  }
  std::string text = tabledata("<FIELD name='t' datatype='char' arraysize='*'/>", "");
  text.replace(text.find("'1.0'"), 5, "'1.0' encoding='UTF-7'");
  EXPECT_EQ(error_of([&] { read(text); }).message(), "the VOTable is not well-formed XML");
}

/// Expat scans an unfinished tag or comment again with each piece that it gets: in small pieces,
/// this would take hours.
TEST(VotableOddities, MarkupFullOfTagEndsIsReadOnce) {
  const std::string ends(1000000, '>');
  std::string row_ends;
  for (int i = 0; i < 200000; ++i) row_ends += "</TR>";
  const std::string text = document(
      "<PARAM name='p' datatype='char' arraysize='*' value='" + ends + "'/><!-- " + ends +
          " --><FIELD name='a' datatype='int'/>",
      "<TABLEDATA>" + row({"1"}) + "<!-- " + row_ends + " -->" + row({"2"}) + "</TABLEDATA>");
  for (const int threads : {1, 2}) {
    const Table table = io::read_table(*io::open_table_in_memory(text, "a.vot", Threads(threads)));
    EXPECT_EQ(cells(table.columns[0]), (Cells{"1", "2"}));
    EXPECT_EQ(table.parameters.at(0).value, ends);
  }
}

TEST(VotableOddities, AMissingArrayTakesNoMemory) {
  const std::string size = "67108864";  // half a GiB of doubles in each row
  std::string rows;
  for (int i = 0; i < 1000; ++i) rows += "<TR><TD/><TD/><TD>a</TD></TR>";
  const Table table =
      read(tabledata("<FIELD name='d' datatype='double' arraysize='" + size +
                         "'/><FIELD name='i' datatype='short' arraysize='" + size +
                         "'/><FIELD name='t' datatype='char' arraysize='1x" + size + "'/>",
                     rows));
  EXPECT_EQ(table.rows(), 1000u);
  EXPECT_EQ(table.columns[0].missing_count(), 1000u);
  EXPECT_EQ(table.columns[1].missing_count(), 1000u);
  EXPECT_EQ(table.columns[2].text(999), "a");
}

TEST(VotableOddities, RowsWithoutCellsAreBounded) {
  std::string fields, rows;
  for (int c = 0; c < 20000; ++c) fields += "<FIELD datatype='double'/>";
  for (int i = 0; i < 1000; ++i) rows += "<TR/>";
  EXPECT_EQ(error_of([&] { read(tabledata(fields, rows)); }).message(),
            "too many rows have too few cells");
}

TEST(VotableNull, HoldsForTheElementsOfArraysOfFloatsToo) {
  const std::string field =
      "<FIELD name='a' datatype='double' arraysize='*'><VALUES null='-1.0'/></FIELD>";
  EXPECT_EQ(cells(read(tabledata(field, row({"0 -1"}) + row({"-1.0 -1"}))).columns[0]),
            (Cells{"0.0 nan", "-"}));
  // The count 2, then 0 and -1.
  EXPECT_EQ(cells(read(stream(field, "BINARY", "AAAAAgAAAAAAAAAAv/AAAAAAAAA=")).columns[0]),
            (Cells{"0.0 nan"}));
}

}  // namespace
}  // namespace uhuru
