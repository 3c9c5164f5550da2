// Texts of other layouts than CSV: each is read as its author meant it, or refused with advice;
// never as a wrong table.
#include <gtest/gtest.h>

#include <cmath>

#include "support/support.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

using testing::error_of;

Table read(const std::string& content, const std::string& name = "a.txt") {
  return io::read_table(*io::open_table_in_memory(content, name));
}

/// Names, types and cells in lines: "a:long b:text|1 x|- y".
std::string shown(const Table& table) {
  std::string text;
  for (const Column& column : table.columns)
    text += (text.empty() ? "" : " ") + column.field.name + ":" +
            std::string(type_name(column.field.type));
  for (size_t row = 0; row < table.rows(); ++row) {
    text += '|';
    for (size_t c = 0; c < table.columns.size(); ++c) {
      const Column& column = table.columns[c];
      text += (c ? " " : "") + (column.missing(row) ? "-" : cell_text(column, row));
    }
  }
  return text;
}

/// The notes without the name of the file.
std::string notes_of(const Table& table) {
  std::vector<std::string> notes;
  for (const std::string& note : table.notes) notes.push_back(note.substr(note.find(": ") + 2));
  return join(notes, "; ");
}

TEST(TextLayout, FindsWhatSeparatesTheColumns) {
  const std::string expected = "name:text ra:double n:long|A 1.5 1|B -2.5 2";
  EXPECT_EQ(shown(read("name,ra,n\nA,1.5,1\nB,-2.5,2\n")), expected);
  EXPECT_EQ(shown(read("name\tra\tn\nA\t1.5\t1\nB\t-2.5\t2\n")), expected);
  EXPECT_EQ(shown(read("name;ra;n\nA;1.5;1\nB;-2.5;2\n")), expected);
  EXPECT_EQ(shown(read("name|ra|n\nA|1.5|1\nB|-2.5|2\n")), expected);
  EXPECT_EQ(shown(read("name ra n\nA 1.5 1\nB -2.5 2\n")), expected);
  EXPECT_EQ(shown(read("  name   ra  n \n  A    1.5\t 1\n\n  # half\n  B   -2.5   2  \n# end\n")),
            expected);
  EXPECT_EQ(shown(read("| name | ra   | n |\n|------|-----:|---|\n| A | 1.5 | 1 |\n"
                       "| B | -2.5 | 2 |\n")),
            expected);
  EXPECT_EQ(shown(read(" name | ra | n\n------+----+---\n A | 1.5 | 1\n B | -2.5 | 2\n")),
            expected);
  EXPECT_EQ(shown(read("name  ra  n\n----- ---- --\nA 1.5 1\nB -2.5 2\n")), expected);
  EXPECT_EQ(notes_of(read("a;b\n1;2\n", "a.csv")), "columns are separated by ';'");
}

TEST(TextLayout, LooksAtCellsInQuotes) {
  EXPECT_EQ(shown(read("name,b;c\n\"A,1;2\",1\n\"B;|\t\",2\n")),
            "name:text b;c:long|A,1;2 1|B;|\t 2");
  EXPECT_EQ(shown(read("name ra\n\"A 1\" 1.5\nB \"\"\n")), "name:text ra:double|A 1 1.5|B -");
  EXPECT_EQ(shown(read("a;b\n\"x;\"\"y\"\"\";1,5\n")), "a:text b:text|x;\"y\" 1,5");
}

TEST(TextLayout, DoesNotTakeTabsForBlanks) {
  const Error error = error_of([] { read("a\tb\tc\n1\t2\t3\none more cell\n4\t5\t6\n", "a.tsv"); });
  EXPECT_EQ(error.where(), "a.tsv, row 2 (line 3)");
}

TEST(TextLayout, ReadsLinesThatEndInReturns) {
  EXPECT_EQ(shown(read("a,b\r1,2\r3,4\r")), "a:long b:long|1 2|3 4");
  EXPECT_EQ(shown(read("a b\r\"x\ry\" 2\r3 4")), "a:text b:long|x\ny 2|3 4");
}

TEST(TextLayout, FindsNamesInAComment) {
  const std::string expected = "name:text ra:double|A 1.5|B 2.5";
  for (const char* text :
       {"#name,ra\nA,1.5\nB,2.5\n", "# name, ra\nA,1.5\nB,2.5\n", "# name ra\n  A 1.5\n  B 2.5\n",
        "#name\tra\nA\t1.5\nB\t2.5\n", "# made by me\n# name ra\nA 1.5\nB 2.5\n"})
    EXPECT_EQ(shown(read(text)), expected) << text;
  EXPECT_EQ(notes_of(read("#name,ra\nA,1.5\n", "a.csv")),
            "the names of the columns were taken from the comment in line 1");
  // Comments that are none.
  EXPECT_EQ(shown(read("# of A, and B\nname,ra\nA,1.5\nB,2.5\n")), expected);
  EXPECT_EQ(shown(read("#x,y\nname,ra\nA,1.5\nB,2.5\n")), expected);
  EXPECT_EQ(shown(read("#x,y\n\nname,type\nA,QSO\n")), "name:text type:text|A QSO");
  EXPECT_EQ(shown(read("# name ra\n# a comment line\nA 1.5\nB 2.5\n")), expected);
  EXPECT_EQ(error_of([] { read("# name ra\n# two words\nA 1.5\nB 2.5\n"); }).where(),
            "a.txt, lines 1 and 2");
  const Error error = error_of([] { read("#name,type\nA,QSO\nB,AGN\n"); });
  EXPECT_EQ(error.message(), "cannot tell which line has the names of the columns");
  EXPECT_EQ(error.where(), "a.txt, lines 1 and 2");
}

TEST(TextLayout, TakesOneColumnOnlyIfTheNameSaysSo) {
  const std::string text = "name\n2CXO J1\n\nB\n";
  EXPECT_EQ(shown(read(text, "list.csv")), "name:text|2CXO J1|-|B");
  EXPECT_EQ(shown(read("name\nA\nB\n", "list.txt")), "name:text|A|B");
  EXPECT_EQ(shown(read("\"the name\"\nA\n", "list.csv")), "the name:text|A");
  struct Case {
    const char *text, *name;
  };
  for (const Case& wrong :
       {Case{"name\n2CXO J1\n", "list.txt"}, Case{"name\nA\n", "list.dat"}, Case{"name\nA\n", "-"},
        Case{"a b\n1 2 3\n", "list.csv"}, Case{"a b\nc\n", "list.csv"}, Case{"a\n1 2\n", "a.csv"},
        Case{"a\n1,2\n", "a.csv"}, Case{"Service unavailable", "a.csv"}}) {
    const Error error = error_of([&] { read(wrong.text, wrong.name); });
    EXPECT_EQ(error.message(), "cannot tell what separates the columns") << wrong.text;
    EXPECT_NE(error.expected().find("#csv"), std::string::npos) << error.expected();
  }
  const testing::ScratchFolder scratch;
  testing::write_file(scratch / "list.dat", "the name\nA B\n");
  EXPECT_EQ(shown(io::read_table((scratch / "list.dat") + "#csv")), "the name:text|A B");
  EXPECT_EQ(shown(io::read_table((scratch / "list.dat") + "#blanks")), "the:text name:text|A B");
  testing::write_file(scratch / "list.dat", "1,2\n3,4\n");
  EXPECT_EQ(shown(io::read_table((scratch / "list.dat") + "#csv")), "1:long 2:long|3 4");
  EXPECT_EQ(error_of([&] { io::read_table((scratch / "list.dat") + "#2"); }).message(),
            "a text file has only one table");
}

TEST(TextLayout, RefusesAHeaderOfNumbers) {
  for (const char* text : {"A,1.5\nB,2.5\n", "1 2\n3 4\n", "1.5\n2.5\n"}) {
    const Error error = error_of([&] { read(text); });
    EXPECT_EQ(error.message(), "the first line has numbers, not the names of columns") << text;
  }
  EXPECT_EQ(shown(read(",a\n0,1\n")), "col1:long a:long|0 1");
}

TEST(TextLayout, ReadsIpacTables) {
  const Table table = read(
      "\\fixlen = T\n\\ two sources\n\\float EQUINOX = 2000.0\n\\SURVEY='x y'\n"
      "|name  |  ra    |  dec  | n |id   |\n"
      "|char  | double |  real | i |char |\n"
      "|      |  deg   |  deg  |   |     |\n"
      "|null  |  null  | -99   |-1 |null |\n"
      " A 1      1.5      2.5    3  00123\n"
      " B        null     -99   -1  null \n"
      " null     4              -2  x    \n",
      "t.tbl");
  EXPECT_EQ(
      shown(table),
      "name:text ra:double dec:double n:long id:text|A 1 1.5 2.5 3 00123|B - - - -|- 4.0 - -2 x");
  EXPECT_EQ(table.at("ra").field.unit, "deg");
  EXPECT_EQ(table.description, "two sources");
  ASSERT_EQ(table.parameters.size(), 3u);
  EXPECT_EQ(table.parameters[1].field.name, "EQUINOX");
  EXPECT_EQ(table.parameters[1].value, "2000.0");
  EXPECT_EQ(table.parameters[2].value, "x y");
  EXPECT_EQ(shown(read("|a|b|\n 1 2 \n", "t.tbl")), "a:long b:long|1 2");
  EXPECT_EQ(shown(read("|a|b|\n|c|i|\n", "t.tbl")), "a:text b:long");
  const Error error = error_of([] { read("|a  |b  |\n 1   2\n 1234 2\n", "t.tbl"); });
  EXPECT_EQ(error.message(), "a value does not fit its column");
  EXPECT_EQ(error.where(), "t.tbl, row 2 (line 3)");
  // A whole number that the declared type cannot hold stays exact.
  EXPECT_EQ(shown(read("|a                    |\n|int|\n 18446744073709551615 \n", "t.tbl")),
            "a:text|18446744073709551615");
}

TEST(TextLayout, ReadsTheTablesOfVizier) {
  const std::string text =
      "#\n#   VizieR Astronomical Server\n#RESOURCE=yCat_1239\n#Name: I/239\n"
      "#Table\tI_239_hip_main:\n"
      "#Column\t_RA\t(F10.6)\tRight ascension\t[ucd=pos.eq.ra]\n"
      "#Column\tHIP\t(A6)\tIdentifier (H1)\t[ucd=meta.id;meta.main]\n"
      "#Column\tVmag\t(F5.2)\t? Magnitude\t[ucd=phot.mag]\n"
      "_RA\tHIP\tVmag\ndeg\t \tmag\n----------\t------\t-----\n"
      "  1.500000\t    01\t 9.10\n  2.500000\t    02\t     \n";
  const std::string other = "\n\n#Table\tother:\n#Column\tx\t(I1)\n\nx\n\n-\n1\n";
  for (const std::string& end : {std::string(), other}) {
    const Table table = read(text + end, "v.tsv");
    EXPECT_EQ(shown(table), "_RA:double HIP:text Vmag:double|1.5 01 9.1|2.5 02 -");
    EXPECT_EQ(table.at("_RA").field.unit, "deg");
    EXPECT_EQ(table.at("HIP").field.ucd, "meta.id;meta.main");
    EXPECT_EQ(table.at("HIP").field.description, "Identifier (H1)");
    EXPECT_EQ(notes_of(table),
              std::string("the line below the names was taken for units") +
                  (end.empty() ? "" : "; further tables follow; only the first is read"));
  }
}

TEST(TextLayout, ReadsTheTypesOfRdb) {
  EXPECT_EQ(shown(read("# c\nid\tn\tday\n5s\t10N\t8D\n007\t12\t2024\n008\t\t2025\n", "a.rdb")),
            "id:text n:long day:text|007 12 2024|008 - 2025");
  EXPECT_EQ(shown(read("id\tn\nS\tN\n007\t1.5\n", "a.tsv")), "id:text n:double|007 1.5");
  EXPECT_EQ(shown(read("a\tb\nS\tN\n", "a.tsv")), "a:text b:text|S N");
  const testing::ScratchFolder scratch;
  testing::write_file(scratch / "a.csv", "a,b\nS,5N\nx,1\n----,-----\n");
  io::write_table(scratch / "b.tsv", io::read_table(scratch / "a.csv"));
  EXPECT_EQ(shown(io::read_table(scratch / "b.tsv")), "a:text b:text|S 5N|x 1|---- -----");
}

TEST(TextLayout, SaysWhatToDoWithCdsTables) {
  const Error error = error_of([] {
    read(
        "Title: Two, invented\nAuthors: N.\nTable: x\n======\n"
        "Byte-by-byte Description of file: t.mrt\n------\n   Bytes Format Units   Label\n");
  });
  EXPECT_NE(error.message().find("CDS or machine-readable table"), std::string::npos);
  EXPECT_NE(error.expected().find("ascii.cds"), std::string::npos);
}

TEST(TextLayout, NamesOtherContent) {
  EXPECT_EQ(error_of([] { read("{\"a\": [1, 2]}"); }).message(), "the file is JSON, not a table");
  EXPECT_EQ(error_of([] {
              read(
                  std::string("\xff\xfe"
                              "a\0,\0b\0",
                              8));
            }).message(),
            "the file is UTF-16 text, which is read only as VOTable");
  EXPECT_EQ(error_of([] { read("\"a,b\n1,2\n"); }).message(), "unterminated quote");
}

TEST(TextValues, KeepsRowsOfMissingCells) {
  EXPECT_EQ(shown(read("a\tb\n1\t2\n\t\n3\t4\n", "a.tsv")), "a:long b:long|1 2|- -|3 4");
  EXPECT_EQ(shown(read("a\tb\n1\t2\n\n \n3\t4\n", "a.tsv")), "a:long b:long|1 2|3 4");
  EXPECT_EQ(shown(read("a;b\n1;2\n;\n", "a.csv")), "a:long b:long|1 2|- -");
  const testing::ScratchFolder scratch;
  for (const char* columns : {"a\n1\n\n\"\"\n2\n", "a,b\n1,x\n,\n2,y\n"}) {
    testing::write_file(scratch / "a.csv", columns);
    const std::string expected = shown(io::read_table(scratch / "a.csv"));
    for (const char* name : {"b.tsv", "c.csv", "d.ecsv"}) {
      io::write_table(scratch / name, io::read_table(scratch / "a.csv"), {io::Overwrite::yes, {}});
      EXPECT_EQ(shown(io::read_table(scratch / name)), expected) << name;
    }
  }
}

TEST(TextValues, UnderstandsMarksOfMissingNumbers) {
  const Table table = read(
      "a,b,c,d\n1,1.5,true,N/A\n--,n/a,NA,None\nNone,N/A,,x\nnull,-,NaN,--\n<NA>,---,false,\n");
  EXPECT_EQ(shown(table),
            "a:long b:double c:boolean d:text|1 1.5 true N/A|- - - None|- - - x|- - - --|- - false "
            "-");
  EXPECT_EQ(notes_of(table),
            "8 cells such as '--' in columns of numbers mean a missing value (first: row 2, column "
            "a)");
  EXPECT_EQ(shown(read("a,b\nn/a,x\nn/a,y\n")), "a:text b:text|n/a x|n/a y");
}

TEST(TextValues, ReadsTheExponentsOfFortran) {
  const Table table = read("a,b\n1.0D+03,12D3\n-2.5d-1,13D4\n.5D2,1\n7,2\n3D+2,3\n");
  EXPECT_EQ(table.at("a").field.type, Type::float64);
  EXPECT_EQ(table.at("a").number(0), 1000);
  EXPECT_EQ(table.at("a").number(1), -0.25);
  EXPECT_EQ(table.at("a").number(2), 50);
  EXPECT_EQ(table.at("a").number(4), 300);
  EXPECT_EQ(table.at("b").field.type, Type::text);  // may be names
}

TEST(TextValues, KeepsIdentifiersAndLargeNumbersExact) {
  EXPECT_EQ(shown(read("id,x\n00123,01.5\n45,-02\n,0.5\nN/A,0\n")),
            "id:text x:double|00123 1.5|45 -2.0|- 0.5|- 0.0");
  EXPECT_EQ(shown(read("a,b\n0,18446744073709551615\n0,1\n")),
            "a:long b:text|0 18446744073709551615|0 1");
  EXPECT_EQ(shown(read("a\n9007199254740993\n-9223372036854775808\n")),
            "a:long|9007199254740993|-9223372036854775808");
  // A double would round it.
  EXPECT_EQ(shown(read("a\n9007199254740993\n1.5\n")), "a:text|9007199254740993|1.5");
  EXPECT_EQ(shown(read("a\n9007199254740992\n1.5\n")), "a:double|9007199254740992.0|1.5");
}

}  // namespace
}  // namespace uhuru
