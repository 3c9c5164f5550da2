// FITS tables: what the standard says about values, and what a header may not do.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <cmath>
#include <random>

#include "io/fits_file.hpp"
#include "support/support.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

using testing::big_endian;
using testing::error_of;
using testing::fits_table;

Table read_bytes(const std::string& bytes) {
  return io::read_table(*io::open_table_in_memory(bytes, "t.fits"));
}

/// The cells of a column as text.
std::vector<std::string> texts(const Column& column) {
  std::vector<std::string> all;
  for (size_t row = 0; row < column.size(); ++row) all.push_back(cell_text(column, row));
  return all;
}
using Texts = std::vector<std::string>;

/// The only column of a table with these stored values and keywords.
Column column_of(const std::string& form, size_t width, const std::string& rows,
                 std::vector<std::string> cards = {}, const std::string& heap = "") {
  cards.insert(cards.begin(), {"TFIELDS=1", "TTYPE1='x'", "TFORM1='" + form + "'"});
  return read_bytes(fits_table(width, rows, cards, heap)).columns.at(0);
}

TEST(FitsScaling, HoldsForFloatsToo) {
  const std::vector<std::string> scaled = {"TSCAL1=2", "TZERO1=10"};
  EXPECT_EQ(texts(column_of("E", 4, big_endian<float>({1.5F, 2.5F}), scaled)),
            (Texts{"13.0", "15.0"}));
  EXPECT_EQ(texts(column_of("D", 8, big_endian<double>({1.5, 2.5}), scaled)),
            (Texts{"13.0", "15.0"}));
  EXPECT_EQ(texts(column_of("2E", 8, big_endian<float>({1.5F, 2.5F}), scaled)),
            (Texts{"13.0 15.0"}));
  // Both parts, as CFITSIO and STIL have it.
  EXPECT_EQ(texts(column_of("C", 8, big_endian<float>({1.5F, 2.5F}), scaled)),
            (Texts{"13.0 15.0"}));
  EXPECT_EQ(texts(column_of("M", 16, big_endian<double>({1, NAN}), {"TSCAL1=-1D0"})),
            (Texts{"-1.0 nan"}));
  EXPECT_EQ(texts(column_of("1PE(2)", 8, big_endian<int32_t>({2, 0}), scaled,
                            big_endian<float>({1.5F, 2.5F}))),
            (Texts{"13.0 15.0"}));
}

TEST(FitsScaling, KeepsWholeNumbersWhole) {
  const auto shorts = big_endian<int16_t>({-32768, 0, 32767});
  const Column raised = column_of("I", 2, shorts, {"TZERO1=32768"});
  EXPECT_EQ(raised.field.type, Type::int32);
  EXPECT_EQ(texts(raised), (Texts{"0", "32768", "65535"}));
  EXPECT_EQ(texts(column_of("I", 2, shorts, {"TSCAL1=2", "TZERO1=1.0E1"})),
            (Texts{"-65526", "10", "65544"}));
  EXPECT_EQ(texts(column_of("I", 2, shorts, {"TSCAL1=0.5"})),
            (Texts{"-16384.0", "0.0", "16383.5"}));
  EXPECT_EQ(
      texts(column_of("J", 4, big_endian<int32_t>({INT32_MIN, INT32_MAX}), {"TZERO1=2147483648"})),
      (Texts{"0", "4294967295"}));
  EXPECT_EQ(column_of("B", 1, "\x01\x02", {"TZERO1=-128"}).field.type, Type::int16);
  EXPECT_EQ(texts(column_of("K", 8, big_endian<int64_t>({1}), {"TSCAL1=3"})), (Texts{"3.0"}));
}

TEST(FitsScaling, MarksMissingValuesBeforeScaling) {
  const std::vector<std::string> cards = {"TZERO1=32768", "TNULL1=-1"};
  const auto shorts = big_endian<int16_t>({-1, 0, 1, -1});
  EXPECT_EQ(texts(column_of("I", 2, shorts, cards)), (Texts{"", "32768", "32769", ""}));
  EXPECT_EQ(texts(column_of("2I", 4, shorts, cards)), (Texts{"null 32768", "32769 null"}));
  EXPECT_EQ(texts(column_of("I", 2, shorts, {"TSCAL1=0.5", "TNULL1=-1"})),
            (Texts{"", "0.0", "0.5", ""}));
}

TEST(FitsUnsignedLong, IsExactWhateverItsSize) {
  const auto stored = [](std::vector<uint64_t> numbers) {
    for (uint64_t& number : numbers) number ^= uint64_t{1} << 63;
    return big_endian(numbers);
  };
  const std::vector<std::string> cards = {"TZERO1=9223372036854775808",
                                          "TNULL1=-9223372036854775808"};
  const Column small =
      column_of("K", 8, stored({9223372036854775807U, 9007199254740993U, 0}), cards);
  EXPECT_EQ(small.field.type, Type::int64);
  EXPECT_EQ(texts(small), (Texts{"9223372036854775807", "9007199254740993", ""}));
  const Column large = column_of("K", 8, stored({9223372036854775808U, UINT64_MAX, 1, 0}), cards);
  EXPECT_EQ(large.field.type, Type::text);
  EXPECT_EQ(texts(large), (Texts{"9223372036854775808", "18446744073709551615", "1", ""}));
  const Column pairs = column_of("2K", 16, stored({UINT64_MAX, 7}), cards);
  EXPECT_EQ(pairs.field.arraysize, "20x2");
  EXPECT_EQ(pairs.text(0), "184467440737095516157");
}

TEST(FitsAsciiTable, ReadsNumbersAsTheStandardHasThem) {
  //                        I20                 F8.2    D12.3       A3
  const std::string rows =
      "          5000000000    1.25  1.5D+03   ab "
      "                  -7   12345   -2.5-02     "
      "                                        x  "
      "               seven     -99      1E2   y  ";
  const Table table = read_bytes(
      fits_table(43, rows,
                 {"TFIELDS=4", "TBCOL1=1", "TFORM1='I20'", "TBCOL2=21", "TFORM2='F8.2'",
                  "TBCOL3=29", "TFORM3='D12.3'", "TBCOL4=41", "TFORM4='A3'", "TNULL2='-99'"},
                 "", "TABLE"));
  EXPECT_EQ(texts(table.columns[0]), (Texts{"5000000000", "-7", "", ""}));
  EXPECT_EQ(texts(table.columns[1]), (Texts{"1.25", "123.45", "", ""}));
  EXPECT_EQ(texts(table.columns[2]), (Texts{"1500.0", "-0.025", "", "0.1"}));
  EXPECT_EQ(texts(table.columns[3]), (Texts{"ab", "", "x", "y"}));
  EXPECT_EQ(table.notes,
            (Texts{"t.fits: column col1: 1 cell is not a whole number of type long and "
                   "counts as missing, row 4, 'seven'"}));
}

TEST(FitsAsciiTable, KeepsDigitsBeyond64Bits) {
  const Table table =
      read_bytes(fits_table(20, "18446744073709551615                   1",
                            {"TFIELDS=1", "TBCOL1=1", "TFORM1='I20'"}, "", "TABLE"));
  EXPECT_EQ(texts(table.columns[0]), (Texts{"18446744073709551615", "1"}));
}

TEST(FitsLogical, DistinguishesMissingFromTrue) {
  EXPECT_EQ(texts(column_of("L", 1, std::string("TF\0", 3))), (Texts{"true", "false", ""}));
  EXPECT_EQ(texts(column_of("3L", 3, std::string("T\0F", 3))), (Texts{"true ? false"}));
  EXPECT_EQ(texts(column_of("1PL(3)", 8, big_endian<int32_t>({3, 0}), {}, std::string("T\0F", 3))),
            (Texts{"true ? false"}));
  const Table table = read_bytes(fits_table(1, "TxF", {"TFIELDS=1", "TTYPE1='ok'", "TFORM1='L'"}));
  EXPECT_EQ(texts(table.columns[0]), (Texts{"true", "", "false"}));
  ASSERT_EQ(table.notes.size(), 1u);
  EXPECT_NE(table.notes[0].find("column ok: 1 cell is not a boolean"), std::string::npos);
}

TEST(FitsLogical, SurvivesARoundTripInArrays) {
  const testing::ScratchFolder scratch;
  Table table;
  Field field = make_field("flag", Type::boolean, "");
  field.arraysize = "*";
  table.add(field).append(std::span<const uint8_t>(std::vector<uint8_t>{1, unknown_boolean, 0}));
  io::write_table(scratch / "a.fits", table);
  EXPECT_EQ(cell_text(io::read_table(scratch / "a.fits").columns[0], 0), "true ? false");
}

TEST(FitsHeader, NamesTheKeywordThatItCannotRead) {
  const auto where = [](std::vector<std::string> cards, const std::string& rows = "1234") {
    cards.insert(cards.begin(), "TFIELDS=1");
    return error_of([&] { read_bytes(fits_table(4, rows, cards)); }).where();
  };
  const std::string digits(29, '9');
  EXPECT_EQ(where({"TFORM1='J'", "TNULL1=" + digits}), "t.fits, TNULL1");
  EXPECT_EQ(where({"TFORM1='J'", "TNULL1='many'"}), "t.fits, TNULL1");
  EXPECT_EQ(where({"TFORM1='J'", "TTYPE1=" + std::string(70, 'x')}), "t.fits, TTYPE1");
  EXPECT_EQ(where({"TFORM1='J'", "TTYPE1='" + std::string(70, 'x')}), "t.fits, TTYPE1");
  EXPECT_EQ(where({"TFORM1='J'", "TSCAL1=1E999"}), "t.fits, TSCAL1");
  EXPECT_EQ(where({"TFORM1='J'", "TZERO1=zero"}), "t.fits, TZERO1");
  EXPECT_EQ(where({"TFORM1='J'", "THEAP=1E30"}), "t.fits, THEAP");
  EXPECT_EQ(where({"TFORM1='5J'"}), "t.fits, TFORM1");
  EXPECT_EQ(where({"TFORM1='99999999999999999999J'"}), "t.fits, TFORM1");
  EXPECT_EQ(where({"TFORM1='W'"}), "t.fits, TFORM1");
  EXPECT_EQ(where({"TTYPE1='x'"}), "t.fits, TFORM1");
}

TEST(FitsHeader, SaysThatATableIsCompressed) {
  const Error error = error_of([&] {
    read_bytes(fits_table(4, "1234", {"TFIELDS=1", "TFORM1='J'", "ZTABLE=T"}));
  });
  EXPECT_EQ(error.message(), "the FITS table is compressed");
  EXPECT_NE(error.expected().find("funpack"), std::string::npos);
}

TEST(FitsHeader, GivesItsKeywordsAsParameters) {
  const testing::ScratchFolder scratch;
  const std::string value = "it''s long: " + std::string(50, 'x') + "&";
  testing::write_file(
      scratch / "a.fits",
      fits_table(4, "1234",
                 {"TFIELDS=1", "TFORM1='J'", "TDISP1='I6'", "TELESCOP='CHANDRA ' / telescope",
                  "OBS_ID='00123'", "EXPOSURE=1.5D4 / [s] time", "OK=T", "NUMBER=-7",
                  "TITLE='" + value + "'", "CONTINUE  'and more' / end",
                  "HIERARCH ESO TEL NAME = 'VLT'", "COMMENT nothing", "DATASUM='1'"}));
  for (const char* name : {"a.fits", "b.fits"}) {
    const Table table = io::read_table(scratch / name);
    Texts found;
    for (const Parameter& parameter : table.parameters)
      found.push_back(parameter.field.name + " " + std::string(type_name(parameter.field.type)) +
                      " " + parameter.value + " (" + parameter.field.description + ")");
    EXPECT_EQ(found,
              (Texts{"TELESCOP text CHANDRA (telescope)", "OBS_ID text 00123 ()",
                     "EXPOSURE double 1.5E4 ([s] time)", "OK boolean true ()", "NUMBER long -7 ()",
                     "TITLE text it's long: " + std::string(50, 'x') + "and more" +
                         (name[0] == 'a' ? " (end)" : " ()"),
                     "ESO TEL NAME text VLT ()"}))
        << name;
    EXPECT_EQ(table.columns[0].field.width, "6");
    if (name[0] == 'a') io::write_table(scratch / "b.fits", table);
  }
}

TEST(FitsHeader, FindsATableByItsNameInAnyCase) {
  const testing::ScratchFolder scratch;
  const auto unit = [](const std::string& name, const std::string& version, char value) {
    return testing::fits_unit(
        {"XTENSION='BINTABLE'", "BITPIX=8", "NAXIS=2", "NAXIS1=1", "NAXIS2=1", "PCOUNT=0",
         "GCOUNT=1", "TFIELDS=1", "TFORM1='A'", "EXTNAME='" + name + "'", "EXTVER=" + version},
        std::string(1, value));
  };
  testing::write_file(scratch / "e.fits", testing::fits_primary() + unit("EVENTS", "1", 'a') +
                                              unit("GTI", "1", 'b') + unit("EVENTS", "2", 'c') +
                                              "other bytes after the last unit");
  const auto cell = [&](const std::string& part) {
    return std::string(io::read_table((scratch / "e.fits") + part).columns[0].text(0));
  };
  for (const char* part : {"", "#1", "#EVENTS", "[1]", "[events]", "[EVENTS,1]"})
    EXPECT_EQ(cell(part), "a") << part;
  EXPECT_EQ(cell("[GTI]"), "b");
  EXPECT_EQ(cell("#EVENTS,2"), "c");
  EXPECT_EQ(error_of([&] { cell("[EVENTS,3]"); }).message(), "no such table in the FITS file");
  testing::write_file(scratch / "x[1]", "a,b\n1,2\n");
  EXPECT_EQ(io::read_table(scratch / "x[1]").rows(), 1u);
}

TEST(FitsReader, NamesTheOtherTables) {
  const std::string table = fits_table(4, "1234", {"TFIELDS=1", "TFORM1='J'"});
  const std::string further = table.substr(testing::fits_primary().size());
  const std::string all = table + further + further;
  const auto reader = io::open_table_in_memory(all, "t.fits#2");
  EXPECT_EQ(reader->other_tables(), (Texts{"2", "3"}));
  // The end of the last table is not there.
  EXPECT_EQ(io::open_table_in_memory(table + further.substr(0, 100), "t.fits")->other_tables(),
            Texts{});
}

TEST(FitsArrays, ReadsLongTexts) {
  const std::string text(40'000, 'y');
  EXPECT_EQ(texts(column_of("1PA(40000)", 8, big_endian<int32_t>({40'000, 0}), {}, text)),
            (Texts{text}));
}

TEST(FitsArrays, AreAllThereInOnePiece) {
  // More values than are read at a time.
  const testing::ScratchFolder scratch;
  Table table;
  Field field = make_field("v", Type::byte, "");
  field.arraysize = "*";
  const std::vector<uint8_t> values(3'000'000, 7);
  Column& column = table.add(field);
  for (int row = 0; row < 4; ++row) column.append(std::span<const uint8_t>(values));
  io::write_table(scratch / "a.fits", table);
  const Table again = io::read_table(scratch / "a.fits");
  ASSERT_EQ(again.rows(), 4u);
  EXPECT_EQ(again.columns[0].cell_count(3), values.size());
}

TEST(FitsArrays, MayNotBeSharedByAllRowsOfASmallFile) {
  // 10,000 rows, each with the same 100,000 bytes.
  std::vector<int32_t> rows;
  for (int row = 0; row < 10'000; ++row) rows.insert(rows.end(), {100'000, 0});
  const Error error = error_of(
      [&] { column_of("1PB(100000)", 8, big_endian(rows), {}, std::string(100'000, 'z')); });
  EXPECT_EQ(error.message(), "too many rows share the same arrays");
  EXPECT_NO_THROW(column_of("1PB(3)", 8, big_endian<int32_t>({3, 0, 3, 0}), {}, "abc"));
}

TEST(FitsArrays, MayNotBeOutsideTheFile) {
  const auto message = [](int32_t count, int32_t offset) {
    return error_of([&] {
             column_of("1PB(3)", 8, big_endian<int32_t>({count, offset}), {}, "abc");
           })
        .message();
  };
  EXPECT_EQ(message(3000, 0), "an array is outside the FITS file");
  EXPECT_EQ(message(1, -1), "an array is outside the FITS file");
  EXPECT_EQ(message(1, INT32_MAX), "an array is outside the FITS file");
  EXPECT_EQ(message(-1, 0), "an array is too large");
  EXPECT_EQ(message(INT32_MAX, 0), "an array is too large");
}

TEST(FitsReader, RefusesManyCellsThatTakeNoBytes) {
  std::vector<std::string> cards = {"XTENSION='BINTABLE'", "BITPIX=8", "NAXIS=2",  "NAXIS1=0",
                                    "NAXIS2=4000000000",   "PCOUNT=0", "GCOUNT=1", "TFIELDS=1",
                                    "TFORM1='0J'"};
  EXPECT_EQ(
      error_of([&] { read_bytes(testing::fits_primary() + testing::fits_unit(cards)); }).message(),
      "the FITS table has too many empty cells");
}

TEST(FitsReader, IgnoresAShapeThatDoesNotFit) {
  const Table table =
      read_bytes(fits_table(12, big_endian<int32_t>({1, 2, 3}),
                            {"TFIELDS=1", "TTYPE1='x'", "TFORM1='3J'", "TDIM1='(2,2)'"}));
  EXPECT_EQ(table.columns[0].field.arraysize, "3");
  EXPECT_EQ(table.notes,
            (Texts{"t.fits: column x: TDIM1 '(2,2)' is ignored, since its cells have 3 values"}));
}

TEST(FitsWriter, ReplacesWhatFitsCannotHoldAndSaysSo) {
  const testing::ScratchFolder scratch;
  Table table;
  for (const char* name : {"λ", "κ", "Ж", "Я", "plain"}) {
    Field field = make_field(name, Type::text, "Länge");
    field.unit = "µm";
    table.add(field).append_text("3 to 30 µm,\tor °");
  }
  Texts notes;
  io::WriteOptions options;
  options.note = [&](const std::string& note) { notes.push_back(note); };
  io::write_table(scratch / "a.fits", table, options);
  const Table again = io::read_table(scratch / "a.fits");
  EXPECT_EQ(again.column_names(), (Texts{"lambda", "kappa", "?", "?_2", "plain"}));
  EXPECT_EQ(again.columns[0].field.unit, "um");
  EXPECT_EQ(again.columns[0].field.description, "L?nge");
  EXPECT_EQ(again.columns[0].text(0), "3 to 30 um, or ?");
  ASSERT_EQ(notes.size(), 6u);  // one for the header, one for each column
  EXPECT_NE(notes[0].find("14 characters in names and texts of the header"), std::string::npos)
      << notes[0];
  EXPECT_NE(notes[1].find("3 characters of column λ that FITS cannot hold were replaced; the first "
                          "is in row 1"),
            std::string::npos)
      << notes[1];
}

TEST(FitsWriter, MakesRoomForLongerTextsInLaterRows) {
  const testing::ScratchFolder scratch;
  Table table;
  table.add(make_field("s", Type::text, ""));
  table.add(make_field("n", Type::int32, ""));
  const auto writer = io::create_table(scratch / "a.fits", table);
  for (const char* text : {"a", "longer", "", "the longest of all", "b"}) {
    Table batch = table.empty_copy();
    batch.columns[0].append_text(text);
    batch.columns[1].append(static_cast<int32_t>(std::string_view(text).size()));
    writer->write(batch);
  }
  writer->commit();
  const Table again = io::read_table(scratch / "a.fits");
  EXPECT_EQ(texts(again.columns[0]), (Texts{"a", "longer", "", "the longest of all", "b"}));
  EXPECT_EQ(texts(again.columns[1]), (Texts{"1", "6", "0", "18", "1"}));
}

TEST(FitsWriter, WritesToAFileWhatItWritesToAPipe) {
  // Rows go to their place in a file, and wait in a temporary one for a pipe.
  const testing::ScratchFolder scratch;
  std::mt19937 random(3);
  for (const int columns : {1, 50}) {
    Table table;
    for (int c = 0; c < columns; ++c) {
      table.add(make_field(fmt::format("n{}", c), Type::int16, ""));
      table.add(make_field(fmt::format("x{}", c), Type::float64, ""));
      table.add(make_field(fmt::format("t{}", c), Type::text, ""));
    }
    // 0x1f8b, as the first bytes of a compressed file.
    table.columns[0].append(int16_t{0x1f8b});
    table.columns[1].append(0.5);
    table.columns[2].append_text("a");
    for (int row = 0; row < 3000; ++row)
      for (size_t c = row ? 0 : 3; c < table.columns.size(); ++c) {
        Column& column = table.columns[c];
        if (random() % 50 == 0 && c > 5)
          column.append_missing();
        else if (column.field.type == Type::text)
          column.append_text(std::string(random() % 9, 'x'));
        else
          column.append_number(static_cast<double>(random() % 60000) - 32768.0);
      }
    const std::string file = scratch / fmt::format("a{}.fits", columns);
    io::write_table(file, table);
    const auto piped = testing::run_shell("%uhuru convert " + file + " --format fits --out -");
    ASSERT_EQ(piped.code, 0) << piped.err;
    const std::string bytes = testing::read_file(file);
    const auto rows_of = [](const std::string& fits) {
      const size_t end = fits.find("END     ", fits.find("XTENSION"));
      return fits.substr((end + 2880) / 2880 * 2880);
    };
    EXPECT_EQ(bytes.size() % 2880, 0u);
    EXPECT_TRUE(rows_of(bytes) == rows_of(piped.out)) << columns;
    const Table again = io::read_table(file);
    ASSERT_EQ(again.rows(), table.rows());
    for (size_t c = 0; c < table.columns.size(); ++c)
      EXPECT_EQ(texts(again.columns[c]), texts(table.columns[c])) << c;
  }
}

TEST(FitsWriter, KeepsArraysOfStringsOfAnyNumber) {
  const testing::ScratchFolder scratch;
  Table table;
  Field field = make_field("s", Type::text, "");
  field.arraysize = "4x*";
  Column& column = table.add(field);
  column.append_text("ab  cd  ");
  column.append_text("efghi   j   ");
  io::write_table(scratch / "a.fits", table);
  const Table again = io::read_table(scratch / "a.fits");
  EXPECT_EQ(again.columns[0].field.arraysize, "4x3");
  EXPECT_EQ(again.columns[0].text(0), "ab  cd");
  EXPECT_EQ(again.columns[0].text(1), "efghi   j");
}

TEST(FitsWriter, MarksMissingNumbersByOneThatDoesNotOccur) {
  const testing::ScratchFolder scratch;
  Table table;
  Field pair = make_field("pair", Type::int32, "");
  pair.arraysize = "2";
  table.add(make_field("short", Type::int16, ""));
  table.add(make_field("long", Type::int64, ""));
  table.add(pair);
  const auto add = [&](int16_t one, int64_t other, int32_t third) {
    table.columns[0].append(one);
    table.columns[1].append(other);
    table.columns[2].append(std::span<const int32_t>(std::vector<int32_t>{third, 1}));
  };
  for (Column& column : table.columns) column.append_missing();
  add(-32768, INT64_MIN, INT32_MIN);
  add(-32767, INT64_MAX, 0);
  for (Column& column : table.columns) column.append_missing();
  io::write_table(scratch / "a.fits", table);
  const Table again = io::read_table(scratch / "a.fits");
  EXPECT_EQ(texts(again.columns[0]), (Texts{"", "-32768", "-32767", ""}));
  EXPECT_EQ(texts(again.columns[1]),
            (Texts{"", "-9223372036854775808", "9223372036854775807", ""}));
  EXPECT_EQ(texts(again.columns[2]), (Texts{"", "-2147483648 1", "0 1", ""}));
}

TEST(FitsWriter, RefusesMoreColumnsThanFitsHas) {
  const testing::ScratchFolder scratch;
  Table table;
  for (int c = 0; c < 1000; ++c) table.add(make_field(fmt::format("c{}", c), Type::byte, ""));
  EXPECT_EQ(error_of([&] { io::write_table(scratch / "a.fits", table); }).message(),
            "the table has too many columns for FITS");
  EXPECT_TRUE(scratch.files().empty());
}

}  // namespace
}  // namespace uhuru
