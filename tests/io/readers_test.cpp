// Reading files written by other programs, and invalid files.
#include <gtest/gtest.h>

#include <cmath>

#include "support/support.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

using testing::error_of;

Table read(const std::string& content, const std::string& name) {
  return io::read_table(*io::open_table_in_memory(content, name));
}

std::string votable(const std::string& fields, const std::string& rows) {
  return "<?xml version='1.0'?><VOTABLE version='1.3'><RESOURCE><TABLE>" + fields +
         "<DATA><TABLEDATA>" + rows + "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";
}

TEST(Votable, ReadsWhatArchivesWrite) {
  const Table table = read(
      "<?xml version='1.0'?>\n<!DOCTYPE VOTABLE SYSTEM 'http://us-vo.org/xml/VOTable.dtd'>"
      "<v:VOTABLE version='1.1' xmlns:v='http://www.ivoa.net/xml/VOTable/v1.1'><v:RESOURCE>"
      "<v:TABLE name='t'><v:DESCRIPTION> about </v:DESCRIPTION>"
      "<v:PARAM name='p' datatype='int' value='1'><v:DESCRIPTION>not this</v:DESCRIPTION></v:PARAM>"
      "<v:FIELD name='i' datatype='int' unit='s' ucd='time'><v:DESCRIPTION>whole</v:DESCRIPTION>"
      "<v:VALUES null='-2147483648'/></v:FIELD>"
      "<v:FIELD name='b' datatype='boolean'/><v:FIELD ID='c' datatype='char' arraysize='5*'/>"
      "<v:FIELD name='d' datatype='double'/><v:FIELD name='bits' datatype='bit' arraysize='4'/>"
      "<v:FIELD name='z' datatype='floatComplex'/>"
      "<v:DATA><v:TABLEDATA>\n"
      "<v:TR><v:TD>-2147483648</v:TD><v:TD>T</v:TD><v:TD>a&amp;<![CDATA[<b>]]></v:TD><v:TD>NaN</"
      "v:TD>"
      "<v:TD>0101</v:TD><v:TD>1 -2</v:TD></v:TR>\n"
      "<v:TR><v:TD> 0x1F </v:TD><v:TD>false</v:TD><v:TD/><v:TD>+Inf</v:TD><v:TD>1 1 0 "
      "0</v:TD><v:TD/></v:TR>"
      "<v:TR><v:TD/><v:TD>?</v:TD><v:TD>x<!-- no "
      "-->y</v:TD><v:TD>-1e-400</v:TD><v:TD/><v:TD/></v:TR>"
      "</v:TABLEDATA></v:DATA></v:TABLE></v:RESOURCE></v:VOTABLE>",
      "a.vot");
  EXPECT_EQ(table.description, "about");
  EXPECT_EQ(table.columns[0].field.description, "whole");
  EXPECT_EQ(table.columns[0].field.unit, "s");
  EXPECT_TRUE(table.columns[0].missing(0));
  EXPECT_EQ(table.columns[0].number(1), 31);
  EXPECT_TRUE(table.columns[0].missing(2));
  EXPECT_EQ(table.columns[1].number(0), 1);
  EXPECT_EQ(table.columns[1].number(1), 0);
  EXPECT_TRUE(table.columns[1].missing(2));
  EXPECT_EQ(table.at("c").text(0), "a&<b>");
  EXPECT_TRUE(table.at("c").missing(1));
  EXPECT_EQ(table.at("c").text(2), "xy");
  EXPECT_TRUE(table.at("d").missing(0));
  EXPECT_TRUE(std::isinf(table.at("d").number(1)));
  EXPECT_EQ(table.at("d").number(2), 0);
  EXPECT_EQ(cell_text(table.at("bits"), 0), "false true false true");
  EXPECT_EQ(cell_text(table.at("bits"), 1), "true true false false");
  EXPECT_EQ(cell_text(table.at("z"), 0), "1.0 -2.0");
}

TEST(Votable, KeepsMissingElementsOfArrays) {
  const std::string text = votable(
      "<FIELD name='i' datatype='int' arraysize='3'><VALUES null='-99'/></FIELD>"
      "<FIELD name='b' datatype='boolean' arraysize='3'/>",
      "<TR><TD>1 -99 3</TD><TD>T ? F</TD></TR><TR><TD>-99 -99 -99</TD><TD>? ? ?</TD></TR>");
  const testing::ScratchFolder scratch;
  testing::write_file(scratch / "a.vot", text);
  for (const char* name : {"b.vot", "c.fits"}) {
    io::write_table(scratch / name, io::read_table(scratch / "a.vot"));
    const Table table = io::read_table(scratch / name);
    EXPECT_EQ(cell_text(table.at("i"), 0), "1 null 3") << name;
    EXPECT_EQ(cell_text(table.at("b"), 0), "true ? false") << name;
    EXPECT_TRUE(table.at("i").missing(1)) << name;
    EXPECT_TRUE(table.at("b").missing(1)) << name;
  }
}

TEST(Votable, TakesTheTableThatIsAskedFor) {
  const testing::ScratchFolder scratch;
  const std::string table =
      "<TABLE name='T'><FIELD name='x' datatype='int'/><DATA><TABLEDATA><TR><TD>N</TD></TR>"
      "</TABLEDATA></DATA></TABLE>";
  std::string text = "<VOTABLE>";
  for (const char* number : {"1", "2", "3"}) {
    std::string one = table;
    one.replace(one.find('N'), 1, number);
    text += "<RESOURCE>" + one + "</RESOURCE>";
  }
  testing::write_file(scratch / "a.vot", text + "</VOTABLE>");
  EXPECT_EQ(io::read_table(scratch / "a.vot").columns[0].number(0), 1);
  EXPECT_EQ(io::read_table((scratch / "a.vot") + "#2").columns[0].number(0), 2);
  EXPECT_EQ(io::read_table((scratch / "a.vot") + "#3").columns[0].number(0), 3);
  const Error error = error_of([&] { io::read_table((scratch / "a.vot") + "#4"); });
  EXPECT_EQ(error.message(), "no table with this number");
  EXPECT_EQ(error.found(), "3 tables");
}

TEST(Votable, SaysWhatIsWrongAndWhere) {
  struct Case {
    std::string content, message, where;
  };
  const std::string x = "<FIELD name='x' datatype='double'/>";
  const Case cases[] = {
      {votable(x, "<TR><TD>1</TD></TR><TR><TD><TD>2</TD></TD></TR>"), "a TD within a TD",
       "a.vot, row 2, column x"},
      {votable(x, "<TD>1</TD>"), "a TD outside TABLEDATA", "a.vot, row 1, column x"},
      {votable("<FIELD name='x' datatype='double' arraysize='99999999x99999999'/>", ""),
       "an array is too large", "a.vot"},
      {votable("", ""), "the table has no FIELD", "a.vot, TABLE"},
      {"<VOTABLE><RESOURCE/></VOTABLE>", "the VOTable contains no table", "a.vot"},
      {"<VOTABLE><RESOURCE>", "the VOTable is truncated", "a.vot, line 1"},
      {"<VOTABLE><RESOURCE></VOTABLE>", "the VOTable is not well-formed XML", "a.vot, line 1"},
      {"<rss></rss>", "the XML is not a VOTable", "a.vot, line 1"},
      {"<!DOCTYPE html><html></html>", "the file is a web page, not a table", "a.vot"},
      {"\n\nx,y\n1,2\n", "the content does not match the file name", "a.vot"},
      {std::string("\x89PNG\0\0", 6), "the file is not a table", "a.vot"},
      {"", "the file is empty", "a.vot"},
      {"<VOTABLE><RESOURCE><INFO name='QUERY_STATUS' value='ERROR'>no such "
       "column</INFO></RESOURCE></VOTABLE>",
       "the service returned an error", "a.vot"},
  };
  for (const Case& wrong : cases) {
    const Error error = error_of([&] { read(wrong.content, "a.vot"); });
    EXPECT_EQ(error.message(), wrong.message);
    EXPECT_EQ(error.where(), wrong.where) << wrong.message;
  }
}

TEST(Votable, RefusesTruncatedFilesWhereverTheyEnd) {
  const std::string whole =
      votable("<FIELD name='x' datatype='double'/><FIELD name='t' datatype='char' arraysize='*'/>",
              "<TR><TD>1</TD><TD>a</TD></TR><TR><TD>2</TD><TD>b</TD></TR>");
  for (size_t size = 1; size < whole.size(); ++size)
    EXPECT_EQ(error_of([&] { read(whole.substr(0, size), "a.vot"); }).kind(), ErrorKind::input)
        << size;
  EXPECT_EQ(read(whole, "a.vot").rows(), 2u);
}

TEST(Votable, RefusesEntityBombs) {
  std::string bomb = "<?xml version='1.0'?><!DOCTYPE VOTABLE [<!ENTITY a0 'ha'>";
  for (int i = 1; i < 30; ++i)
    bomb += "<!ENTITY a" + std::to_string(i) + " '&a" + std::to_string(i - 1) + ";&a" +
            std::to_string(i - 1) + ";'>";
  bomb += "]><VOTABLE><RESOURCE><TABLE name='&a29;'/></RESOURCE></VOTABLE>";
  EXPECT_EQ(error_of([&] { read(bomb, "a.vot"); }).message(),
            "the XML declares entities, which are not allowed");
  std::string deep = "<VOTABLE>";
  for (int i = 0; i < 100; ++i) deep += "<RESOURCE>";
  EXPECT_EQ(error_of([&] { read(deep, "a.vot"); }).message(), "the XML is nested too deeply");
}

TEST(Votable, RefusesStreamsThatLeadElsewhere) {
  const testing::ScratchFolder scratch;
  for (const char* href :
       {"/etc/passwd", "http://host/x", "../x", ".hidden", "file:///etc/passwd", "a/b", "x\\y"}) {
    testing::write_file(scratch / "a.vot",
                        "<VOTABLE><RESOURCE><TABLE><FIELD name='x' "
                        "datatype='double'/><DATA><BINARY><STREAM href='" +
                            std::string(href) + "'/></BINARY></DATA></TABLE></RESOURCE></VOTABLE>");
    EXPECT_EQ(error_of([&] { io::read_table(scratch / "a.vot"); }).message(),
              "the table data are in another place")
        << href;
  }
  testing::write_file(scratch / "data.bin", std::string("\x3f\xf0\0\0\0\0\0\0", 8));
  testing::write_file(scratch / "a.vot",
                      "<VOTABLE><RESOURCE><TABLE><FIELD name='x' "
                      "datatype='double'/><DATA><BINARY><STREAM href='data.bin'/>"
                      "</BINARY></DATA></TABLE></RESOURCE></VOTABLE>");
  EXPECT_EQ(io::read_table(scratch / "a.vot").columns[0].number(0), 1);
}

TEST(Votable, RefusesBinaryRowsThatAreNotWhole) {
  const auto binary = [](const std::string& fields, const std::string& base64) {
    return "<VOTABLE><RESOURCE><TABLE>" + fields + "<DATA><BINARY><STREAM encoding='base64'>" +
           base64 + "</STREAM></BINARY></DATA></TABLE></RESOURCE></VOTABLE>";
  };
  const std::string x = "<FIELD name='x' datatype='double'/>";
  EXPECT_EQ(read(binary(x, " P/AA AAAA\nAAA= "), "a.vot").columns[0].number(0), 1);
  EXPECT_EQ(error_of([&] { read(binary(x, "P/AAAA=="), "a.vot"); }).message(),
            "the data ends in the middle of a row");
  EXPECT_EQ(error_of([&] { read(binary(x, "P/!AAA=="), "a.vot"); }).message(),
            "the base64 data are corrupt");
  const std::string v = "<FIELD name='x' datatype='double' arraysize='*'/>";
  const Error error = error_of([&] { read(binary(v, "f////wAAAAA="), "a.vot"); });
  EXPECT_EQ(error.message(), "a cell is too large");
  EXPECT_EQ(error.where(), "a.vot, row 1");
}

TEST(Text, GuessesTheTypesFromAllRows) {
  const Table table = read(
      "\xef\xbb\xbfint,real,flag,text,none,large,\"quoted, name\",nans\r\n"
      "1,1,true,1,,123456789012345678901,\"a\"\"b\",NaN\r\n"
      "\r\n"
      " -2 ,1e-3,FALSE,x,,1,\"two\nlines\",nan\r\n"
      ",NaN,,,,2,,\r\n",
      "a.csv");
  ASSERT_EQ(table.rows(), 3u);
  EXPECT_EQ(table.columns[0].field.type, Type::int64);
  EXPECT_EQ(table.columns[0].number(1), -2);
  EXPECT_TRUE(table.columns[0].missing(2));
  EXPECT_EQ(table.columns[1].field.type, Type::float64);
  EXPECT_EQ(table.columns[1].number(1), 0.001);
  EXPECT_TRUE(table.columns[1].missing(2));
  EXPECT_EQ(table.columns[2].field.type, Type::boolean);
  EXPECT_EQ(table.columns[3].field.type, Type::text);
  EXPECT_EQ(table.columns[4].field.type, Type::text);
  EXPECT_EQ(table.columns[4].missing_count(), 3u);
  EXPECT_EQ(table.columns[5].text(0), "123456789012345678901");
  EXPECT_EQ(table.columns[6].field.name, "quoted, name");
  EXPECT_EQ(table.columns[6].text(0), "a\"b");
  EXPECT_EQ(table.columns[6].text(1), "two\nlines");
  EXPECT_EQ(table.columns[7].field.type, Type::float64);
  EXPECT_EQ(table.columns[7].missing_count(), 3u);
}

TEST(Text, KeepsBlanksThatBelongToAText) {
  const testing::ScratchFolder scratch;
  testing::write_file(scratch / "a.csv", "t,x\n QSO , 1\n\"  b\", \nc,NaN \n");
  io::write_table(scratch / "b.tsv", io::read_table(scratch / "a.csv"));
  for (const char* name : {"a.csv", "b.tsv"}) {
    const Table table = io::read_table(scratch / name);
    EXPECT_EQ(table.at("t").text(0), " QSO ");
    EXPECT_EQ(table.at("t").text(1), "  b");
    EXPECT_EQ(table.at("x").number(0), 1);
    EXPECT_EQ(table.at("x").missing_count(), 2u);
  }
}

TEST(Text, ReadsTheChandraCommandLineFormat) {
  const Table table = read(
      "#Column\tname\t(A22)\tSource name\t(master_source.name)\t[\"\"]\t[]\n"
      "#Column\tra\t(E9.6)\tSource position\t(master_source.ra)\t[\"deg\"]\t[pos.eq.ra;meta.main]\n"
      "#Column\tflag\t(A5)\tA flag\t(x)\t[\"\"]\t[]\n"
      "name\tra\tflag\n"
      " 2CXO J162229.9-263753\t 2.456249e+02\tFALSE\n"
      " 2CXO J1\t      NaN\t TRUE\n",
      "a.tsv");
  EXPECT_EQ(table.at("name").text(0), "2CXO J162229.9-263753");
  EXPECT_EQ(table.at("ra").field.unit, "deg");
  EXPECT_EQ(table.at("ra").field.ucd, "pos.eq.ra;meta.main");
  EXPECT_EQ(table.at("ra").field.description, "Source position");
  EXPECT_EQ(table.at("ra").number(0), 245.6249);
  EXPECT_TRUE(table.at("ra").missing(1));
  EXPECT_EQ(table.at("flag").field.type, Type::boolean);
}

TEST(Text, SaysWhatIsWrongAndWhere) {
  Error error = error_of([] { read("a,b\n1,2\n3\n", "a.csv"); });
  EXPECT_EQ(error.message(), "wrong number of cells in a row");
  EXPECT_EQ(error.where(), "a.csv, row 2 (line 3)");
  error = error_of([] { read("a,b\n1,\"2\n3,4\n", "a.csv"); });
  EXPECT_EQ(error.message(), "unterminated quote");
  EXPECT_EQ(error.where(), "a.csv, line 2");
  EXPECT_EQ(error_of([] { read("# only a comment\n", "a.csv"); }).message(),
            "the file contains no table");
  EXPECT_EQ(error_of([] { read("Error executing query: x", "a.tsv"); }).kind(), ErrorKind::service);
  EXPECT_EQ(read("a,b\n", "a.csv").rows(), 0u);
}

TEST(Fits, RefusesTruncatedFilesWhereverTheyEnd) {
  const testing::ScratchFolder scratch;
  testing::write_file(scratch / "a.csv", "x,t\n1,a\n2,b\n");
  io::write_table(scratch / "a.fits", io::read_table(scratch / "a.csv"));
  const std::string whole = testing::read_file(scratch / "a.fits");
  ASSERT_GE(whole.size(), size_t{3} * 2880);
  for (const size_t size : {size_t{30}, size_t{100}, size_t{2880}, size_t{4000},
                            whole.size() - 2880, whole.size() - 2875}) {
    testing::write_file(scratch / "cut.fits", whole.substr(0, size));
    EXPECT_EQ(error_of([&] { io::read_table(scratch / "cut.fits"); }).kind(), ErrorKind::input)
        << size;
  }
  EXPECT_EQ(io::read_table((scratch / "a.fits") + "#1").rows(), 2u);
  EXPECT_EQ(error_of([&] { io::read_table((scratch / "a.fits") + "#0"); }).message(),
            "no such table in the FITS file");
  EXPECT_EQ(error_of([&] { io::read_table((scratch / "a.fits") + "#7"); }).message(),
            "no such table in the FITS file");
  EXPECT_EQ(error_of([&] { io::read_table((scratch / "a.fits") + "#NAME"); }).message(),
            "no such table in the FITS file");
}

TEST(OpenTable, KnowsTheFormatsByName) {
  EXPECT_EQ(io::format_of_name("a/b.VOT.gz"), io::Format::votable);
  EXPECT_EQ(io::format_of_name("b.fits"), io::Format::fits);
  EXPECT_EQ(io::format_of_name("b.csv.gz"), io::Format::csv);
  EXPECT_FALSE(io::format_of_name("b.dat"));
  EXPECT_EQ(error_of([] { io::format_from_text("xls"); }).kind(), ErrorKind::usage);
  const testing::ScratchFolder scratch;
  EXPECT_EQ(error_of([&] { io::create_table(scratch / "a.dat", Table()); }).kind(),
            ErrorKind::usage);
  EXPECT_EQ(error_of([&] { io::open_table(scratch / "none.vot"); }).found(), "no such file");
  EXPECT_EQ(error_of([&] { io::open_table(scratch / ""); }).message(),
            "there are no tables in the folder");
  // The content decides, whatever the name.
  testing::write_file(scratch / "a.csv",
                      votable("<FIELD name='x' datatype='int'/>", "<TR><TD>1</TD></TR>"));
  EXPECT_EQ(io::read_table(scratch / "a.csv").rows(), 1u);
  testing::write_file(scratch / "b#1.csv", "x\n1\n");
  EXPECT_EQ(io::read_table(scratch / "b#1.csv").rows(), 1u);
}

}  // namespace
}  // namespace uhuru
