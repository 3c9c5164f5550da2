// The parts of a table that several ranks read, one after the other, are the table: whatever the
// format, and wherever the parts begin. The twin is open_table.
#include <gtest/gtest.h>

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstring>
#include <filesystem>
#include <mutex>
#include <numeric>
#include <thread>

#include "base/thread_transport.hpp"
#include "io/fits_file.hpp"
#include "support/support.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

namespace fs = std::filesystem;
using testing::as_ranks;
using testing::ScratchFolder;
using testing::write_file;

std::string text_of(const Attributes& attributes) {
  std::string text;
  for (const auto& [name, value] : attributes) text += name + "=" + value + ";";
  return text;
}

std::string text_of(const Field& f) {
  std::string text(type_name(f.type));
  for (const std::string& part : {f.name, f.arraysize, f.unit, f.ucd, f.utype, f.xtype,
                                  f.description, f.ref, f.width, f.precision, f.minimum, f.maximum})
    text += "|" + part;
  text += f.null_marker ? fmt::format(" null {}", *f.null_marker) : "";
  text += f.unicode ? " unicode" : "";
  for (const Attributes& link : f.links) text += " link " + text_of(link);
  return text + "\n";
}

std::string header_of(const Table& table) {
  std::string text = table.name + "|" + table.description + "\n";
  for (const Parameter& p : table.parameters)
    text += fmt::format("{}{} {}\n", text_of(p.field), p.value, p.info);
  for (const ReferenceSystem& s : table.systems) text += s.element + text_of(s.attributes) + "\n";
  for (const Column& column : table.columns) text += text_of(column.field);
  return text;
}

/// What one rank, or a reader of the whole, finds.
struct Found {
  std::string header;
  std::vector<std::string> rows;
  std::vector<std::string> remarks;  // also whether the service cut the table short, other tables
  uint64_t rows_before = 0;
};

Found read_all(io::TableReader& reader, size_t batch_rows) {
  Found found;
  found.header = header_of(reader.header());
  found.rows_before = reader.rows_before();
  Table batch = reader.header().empty_copy();
  while (reader.read(batch, batch_rows)) {
    for (size_t row = 0; row < batch.rows(); ++row) {
      std::string& text = found.rows.emplace_back();
      for (const Column& column : batch.columns)
        text += (column.missing(row) ? "missing" : "=" + cell_text(column, row)) + "|";
    }
    EXPECT_GE(reader.fraction_read(), 0);
    EXPECT_LE(reader.fraction_read(), 1);
  }
  EXPECT_FALSE(reader.read(batch));
  EXPECT_EQ(reader.rows_read(), found.rows.size());
  found.remarks = reader.remarks();
  found.remarks.push_back(reader.overflow() ? "overflow" : "complete");
  for (const std::string& note : reader.notes()) found.remarks.push_back("note " + note);
  for (const std::string& table : reader.other_tables()) found.remarks.push_back("#" + table);
  return found;
}

/// What the ranks find; throws the error of the lowest one that fails.
std::vector<Found> read_parts(const std::string& name, int count, size_t batch_rows = 16384,
                              int threads = 1) {
  std::vector<Found> parts(static_cast<size_t>(count));
  as_ranks(count, [&](const Communicator& ranks) {
    const Threads own = Threads(threads).across(ranks);
    const auto reader = io::open_table_part(name, own);
    EXPECT_EQ(reader->ranks().count(), count);
    parts[static_cast<size_t>(ranks.rank())] = read_all(*reader, batch_rows);
  });
  return parts;
}

/// The error's text, or nothing.
template <class Work>
std::string failure_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// Compares the parts of a table with the whole; returns the number of parts with rows.
size_t expect_same(const std::string& name, int count, int threads = 1) {
  Found whole;
  std::vector<Found> parts;
  const std::string failure =
      failure_of([&] { whole = read_all(*io::open_table(name, Threads(threads)), 16384); });
  const size_t batch_rows = count == 3 ? 7 : 16384;
  EXPECT_EQ(failure_of([&] { parts = read_parts(name, count, batch_rows, threads); }), failure)
      << name << " in " << count;
  if (!failure.empty()) return 0;
  std::vector<std::string> rows;
  size_t with_rows = 0;
  for (const Found& part : parts) {
    EXPECT_EQ(part.header, whole.header) << name << " in " << count;
    EXPECT_EQ(part.remarks, whole.remarks) << name << " in " << count;
    if (!part.rows.empty()) {
      EXPECT_EQ(part.rows_before, rows.size()) << name << " in " << count;
      ++with_rows;
    }
    rows.insert(rows.end(), part.rows.begin(), part.rows.end());
  }
  EXPECT_EQ(rows.size(), whole.rows.size()) << name << " in " << count;
  for (size_t row = 0; row < std::min(rows.size(), whole.rows.size()); ++row)
    if (rows[row] != whole.rows[row]) {
      ADD_FAILURE() << name << " in " << count << ", row " << row << "\n"
                    << rows[row] << "\n"
                    << whole.rows[row];
      break;
    }
  return with_rows;
}

const int counts[] = {1, 2, 3, 8};

void expect_same_in_all(const std::string& name) {
  for (const int count : counts) {
    expect_same(name, count);
    if (::testing::Test::HasFailure()) return;
  }
}

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

/// Any characters that matter to a text, in lines that often have as many cells as the header.
std::string odd_text(RandomState& random) {
  const char delimiter = ",\t; |"[random.integer(5)];
  const size_t columns = 1 + random.integer(3);
  const std::string end = random.uniform() < 0.2 ? "\r\n" : random.uniform() < 0.1 ? "\r" : "\n";
  std::string text = random.uniform() < 0.1 ? "\xef\xbb\xbf" : "";
  if (random.uniform() < 0.1) text += "# a \"comment" + end;
  for (size_t c = 0; c < columns; ++c)
    text += fmt::format("{}{}", c ? std::string(1, delimiter) : "", std::string(1 + c, 'n'));
  text += end;
  static const std::vector<std::string> cells = {
      "1",    "2.5", "x",        "\"q\"",      "\"a,b\"", "\"two\nlines\"",
      "\"\"", "n/a", "5\"x",     "\"a\"\"b\"", "\"\n\"",  "\"c\"d\"e\"",
      "",     "007", "\"#\n#\"", "--"};
  const size_t kinds = random.uniform() < 0.3 ? 3 : cells.size();
  const size_t rows = random.integer(30);
  for (size_t row = 0; row < rows; ++row) {
    for (size_t c = 0; c < columns; ++c)
      text += (c ? std::string(1, delimiter) : "") + cells[random.integer(kinds)];
    if (random.uniform() < 0.01) text += random.uniform() < 0.5 ? "\"" : std::string(1, delimiter);
    if (row + 1 < rows || random.uniform() < 0.7) text += end;
    if (random.uniform() < 0.03) text += random.uniform() < 0.5 ? end : "#\" comment" + end;
  }
  return text;
}

TEST(TableParts, OfOddTextsAreTheTables) {
  const ScratchFolder scratch;
  const std::string file = scratch / "a.csv";
  for (uint32_t seed = 0; seed < 200; ++seed) {
    RandomState random(seed);
    write_file(file, odd_text(random));
    for (const char* part : {"", "#csv", "#blanks"})
      for (const int count : {2, 5}) expect_same(file + part, count);
    if (HasFailure()) FAIL() << "seed " << seed << "\n" << testing::read_file(file);
  }
}

/// A VOTable with odd elements, attributes and blanks between and within its rows.
std::string odd_votable(RandomState& random) {
  const auto one_of = [&](const std::vector<std::string>& texts) {
    return random.uniform() < 0.9 ? texts[0]
                                  : texts[random.integer(static_cast<uint32_t>(texts.size()))];
  };
  const bool odd = random.uniform() < 0.5;
  std::string text =
      "<VOTABLE>\n<RESOURCE><TABLE><FIELD name='a' datatype='int'/>"
      "<FIELD name='b' datatype='char' arraysize='*'/>\n<DATA>\n<TABLEDATA>" +
      one_of({"\n", "", " "});
  const size_t rows = random.integer(20);
  for (size_t row = 0; row < rows; ++row) {
    text += odd ? one_of({"<TR>", "<TR >", "<TR ID='x'>", "<!-- <TR> --><TR>", "<tr/><TR>",
                          "<TR/><TR>", "<TR><TR>"})
                : "<TR>";
    text += one_of({"", "\n", "\r\n", "\r"});
    text += "<TD>" + one_of({"1", "x", "", "99999999999", "7 "}) + "</TD>";
    text += one_of({"", " "});
    text +=
        odd ? one_of({"<TD>t</TD>", "<TD/>", "<TD><![CDATA[<TR>]]></TD>", "<TD>&lt;</TD>",
                      "<TD x='/>'>y</TD>", "<TD>t</TD><TD>u</TD>", "", "<TD>\xc3\xa9</TD>",
                      "<?TR <TR>?>", "<TDX/>", "<TD>a</TD"})
            : one_of({"<TD>t</TD>", "<TD>&lt;</TD>", "<TD >u</TD >", "", "<TD>t</TD><TD>u</TD>"});
    text += one_of({"</TR>", "</TR >"}) + one_of({"\n", "", "\r\n", "\r"});
  }
  text += "</TABLEDATA></DATA></TABLE>";
  if (random.uniform() < 0.5) text += "<!-- <TR> -->";
  if (random.uniform() < 0.3) text += "<INFO name='QUERY_STATUS' value='OVERFLOW'/>";
  if (random.uniform() < 0.3)
    text +=
        "<TABLE><FIELD name='c' datatype='int'/><DATA><TABLEDATA><TR><TD>1</TD></TR>"
        "</TABLEDATA></DATA></TABLE>";
  if (random.uniform() < 0.1) text += "<INFO name='QUERY_STATUS' value='ERROR'>no</INFO>";
  return text + (random.uniform() < 0.95 ? "</RESOURCE></VOTABLE>\n" : "");
}

TEST(TableParts, OfOddVotablesAreTheTables) {
  const ScratchFolder scratch;
  const std::string file = scratch / "a.vot";
  for (uint32_t seed = 0; seed < 200; ++seed) {
    RandomState random(seed);
    write_file(file, odd_votable(random));
    for (const int count : {2, 5}) expect_same(file, count);
    if (HasFailure()) FAIL() << "seed " << seed << "\n" << testing::read_file(file);
  }
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
  for (const int count : counts)
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
