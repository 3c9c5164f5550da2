// The parts of a table that several ranks read, one after the other, are the table, whatever the
// format.
#include <gtest/gtest.h>

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <thread>

#include "io/fits_file.hpp"
#include "io/table_parts.hpp"
#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"

namespace uhuru {
namespace {

namespace fs = std::filesystem;
using testing::expect_same;
using testing::expect_same_in_all;
using testing::failure_of;
using testing::Found;
using testing::read_parts;
using testing::ScratchFolder;
using testing::write_file;

/// All files in a folder, if there is one.
std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(folder, ignored))
    if (entry.is_regular_file() && entry.file_size() < (4 << 20)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

TEST(TableParts, OfTheFuzzCorpusAreTheTables) {
  for (const char* kind : {"text", "fits", "votable"}) {
    const auto files = files_in(std::string(UHURU_SOURCE_DIR "/fuzz/corpus/") + kind);
    EXPECT_GT(files.size(), 20U);
    for (const std::string& file : files) {
      expect_same_in_all(file);
      expect_same_in_all(file + (std::string(kind) == "text" ? "#csv" : "#2"));
    }
  }
}

TEST(TableParts, OfRealAndOddFilesAreTheTables) {
  for (const char* folder : {"data", "cases"})
    for (const std::string& file : files_in(std::string(UHURU_SOURCE_DIR "/../shared/") + folder))
      expect_same_in_all(file);
}

/// A table with numbers, texts and arrays, some of them missing.
Table made_table(size_t rows) {
  RandomState random(static_cast<uint32_t>(rows));
  Table table;
  table.name = "made";
  table.add(make_field("name", Type::text, "a <name>"));
  table.add(make_field("flux", Type::float64, "", "phot.flux"));
  table.add(make_field("rate", Type::float32, ""));
  table.add(make_field("count", Type::int64, ""));
  table.add(make_field("flag", Type::boolean, ""));
  Field pair = make_field("pair", Type::float64, "");
  pair.arraysize = "2";
  table.add(pair);
  pair.name = "list";
  pair.arraysize = "*";
  table.add(pair);
  table.columns[1].field.links = {{{"href", "https://x"}, {"title", "more"}}};
  table.columns[3].field.null_marker = -99;
  const char* names[] = {"plain", "with \"quotes\", and comma", "two\nlines \"\n\" of it", "",
                         "a<b&c"};
  for (size_t row = 0; row < rows; ++row)
    for (Column& column : table.columns) {
      if (random.uniform() < 0.1) {
        column.append_missing();
      } else if (column.field.type == Type::text) {
        column.append_text(fmt::format("{} {}", names[random.integer(5)], row));
      } else {
        const size_t count =
            column.field.arraysize == "*" ? 1 + random.integer(4) : column.field.cell_size();
        column.visit([&](const auto& values) {
          using T = typename std::decay_t<decltype(values)>::value_type;
          std::vector<T> cell(count);
          for (T& value : cell) value = static_cast<T>(random.integer(2));
          column.append(std::span<const T>(cell));
        });
      }
    }
  return table;
}

TEST(TableParts, OfEveryFormatThatWeWriteAreTheTable) {
  const ScratchFolder scratch;
  for (const size_t rows : {0, 1, 2, 7, 500}) {
    Table table = made_table(rows);
    for (const char* format : {"votable", "votable-binary2", "fits", "ecsv", "csv", "tsv"}) {
      const std::string file =
          scratch / fmt::format("{}{}", format, io::format_ending(io::format_from_text(format)));
      io::WriteOptions options;
      options.overwrite = io::Overwrite::yes;
      options.format = io::format_from_text(format);
      Table written = table;
      if (!io::has_metadata(*options.format))
        written.columns.erase(written.columns.begin() + 5, written.columns.end());  // no arrays
      io::write_table(file, written, options);
      expect_same_in_all(file);
      io::write_table(file + ".gz", written, options);
      expect_same_in_all(file + ".gz");
      if (HasFailure()) return;
    }
  }
}

TEST(TableParts, OfPlainTablesAreReadByAllRanks) {
  const ScratchFolder scratch;
  Table table = made_table(4000);
  for (const char* ending : {"vot", "fits", "ecsv", "csv", "tsv"}) {
    const std::string file = scratch / (std::string("a.") + ending);
    Table written = table;
    if (file.ends_with("csv") || file.ends_with("tsv"))
      written.columns.erase(written.columns.begin() + 5, written.columns.end());
    io::write_table(file, written);
    EXPECT_EQ(expect_same(file, 8), 8U) << ending;
    EXPECT_EQ(expect_same(file, 3, 3), 3U) << ending;
    const auto parts = read_parts(file, 8);
    for (const Found& part : parts)
      EXPECT_NEAR(static_cast<double>(part.rows.size()), 500, 60) << ending;
  }
  // Only the first rank has what cannot be divided.
  io::write_table(scratch / "b.csv.gz", table.empty_copy());
  io::write_table(scratch / "c.vot.gz", table);
  EXPECT_EQ(expect_same(scratch / "c.vot.gz", 8), 1U);
  io::WriteOptions options;
  options.format = io::Format::votable_binary2;
  io::write_table(scratch / "d.vot", table, options);
  EXPECT_EQ(expect_same(scratch / "d.vot", 8), 1U);
}

TEST(TableParts, OfFitsAgreeOnTypesAndNotes) {
  const ScratchFolder scratch;
  // Only the last row exceeds 63 bits; a byte that is no boolean is in rows 3 and 6.
  std::string rows;
  for (uint64_t row = 0; row < 7; ++row) {
    rows += testing::big_endian<uint64_t>({row == 6 ? uint64_t{1} << 62 : row});
    rows += row == 2 || row == 5 ? 'x' : 'T';
  }
  write_file(scratch / "a.fits",
             testing::fits_table(9, rows,
                                 {"TFIELDS=2", "TFORM1='K'", "TTYPE1='u'",
                                  "TZERO1=9223372036854775808", "TFORM2='L'", "TTYPE2='flag'"}));
  expect_same_in_all(scratch / "a.fits");
  const auto parts = read_parts(scratch / "a.fits", 3);
  EXPECT_EQ(parts[2].rows.size(), 3U);
  EXPECT_NE(parts[0].remarks[0].find("2 cells"), std::string::npos) << parts[0].remarks[0];
  EXPECT_NE(parts[0].remarks[0].find("row 3"), std::string::npos) << parts[0].remarks[0];
}

TEST(TableParts, ErrorsHaveTheNumbersOfTheWholeTable) {
  const ScratchFolder scratch;
  std::string text = "a,b\n";
  for (int row = 0; row < 100; ++row) text += row == 80 ? "1\n" : "1,2\n";
  write_file(scratch / "a.csv", text);
  for (const int count : testing::rank_counts)
    EXPECT_NE(failure_of([&] { read_parts(scratch / "a.csv", count); }).find("row 81 (line 82)"),
              std::string::npos);
  // Of two errors, that of the lower rank is told.
  text.replace(text.find("1,2\n", 40), 4, "3\n");
  write_file(scratch / "a.csv", text);
  expect_same_in_all(scratch / "a.csv");
  // A quote that is never closed.
  write_file(scratch / "a.csv", text.substr(0, 40) + "\"" + text.substr(40));
  expect_same_in_all(scratch / "a.csv");
}

TEST(TableParts, OfLongCellsAndLinesAreTheTable) {
  const ScratchFolder scratch;
  // Cells are longer than parts, than what a reader takes at once, and than a block of it.
  for (const size_t size : {size_t{100}, size_t{300000}, size_t{3000000}}) {
    std::string text = "a,b\n";
    std::string votable =
        "<VOTABLE><RESOURCE><TABLE><FIELD name='a' datatype='char' arraysize='*'/>"
        "<DATA><TABLEDATA>";
    for (int row = 0; row < 5; ++row) {
      std::string cell(size, static_cast<char>('a' + row));
      votable += "<TR><TD>" + cell + "</TD></TR>\n";
      if (row % 2 == 0) {
        for (size_t at = 50; at < size; at += 997) cell[at] = '\n';
        cell = '"' + cell + '"';
      }
      text += fmt::format("{},{}\n", cell, row);
    }
    write_file(scratch / "a.csv", text);
    write_file(scratch / "a.vot", votable + "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>");
    for (const char* name : {"a.csv", "a.vot"}) expect_same_in_all(scratch / name);
  }
}

TEST(TableParts, OfPipesAreReadByTheFirstRank) {
  const ScratchFolder scratch;
  const std::string pipe = scratch / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const std::string text = io::votable_text(made_table(50));
  for (const std::string& content : {text, std::string("a,b\n1,x\n2,n/a\n")}) {
    std::thread writer([&] { write_file(pipe, content); });
    const auto parts = read_parts(pipe, 3);
    writer.join();
    EXPECT_EQ(parts[0].rows.size(), content == text ? 50U : 2U);
    for (const size_t rank : {1, 2}) {
      EXPECT_TRUE(parts[rank].rows.empty());
      EXPECT_EQ(parts[rank].header, parts[0].header);
      EXPECT_EQ(parts[rank].remarks, parts[0].remarks);
    }
  }
}

TEST(TableParts, OfWhatIsNoTableAreErrors) {
  const ScratchFolder scratch;
  write_file(scratch / "empty.csv", "");
  write_file(scratch / "page.csv", "<html>");
  for (const char* name : {"empty.csv", "page.csv", "absent.csv", ""})
    expect_same_in_all(scratch / name);
}

}  // namespace
}  // namespace uhuru
