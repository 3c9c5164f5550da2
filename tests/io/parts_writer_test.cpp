// Tables as several files, by one rank and by several.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <map>
#include <optional>

#include "base/thread_transport.hpp"
#include "support/support.hpp"
#include "uhuru/io/parts_writer.hpp"
#include "uhuru/io/ranks_writer.hpp"
#include "uhuru/sky/healpix.hpp"

namespace uhuru::io {
namespace {

using testing::as_ranks;
using testing::ScratchFolder;

Table positions(size_t rows) {
  Table table;
  table.add(make_field("name", Type::text, ""));
  table.add(make_field("ra", Type::float64, ""));
  table.add(make_field("dec", Type::float64, ""));
  for (size_t row = 0; row < rows; ++row) {
    const auto number = static_cast<double>(row);
    table.columns[0].append_text("x" + std::to_string(row));
    if (row % 50 == 49)
      table.columns[1].append_missing();
    else
      table.columns[1].append_number(std::fmod(number * 37.7, 360));
    table.columns[2].append_number(std::fmod(number * 11.3, 180) - 90);
  }
  return table;
}

/// Writes the rows, some at a time, by so many ranks; 0: without any.
std::map<std::string, std::string> written(const Table& table, const Parts& parts, int count) {
  const ScratchFolder scratch;
  WriteOptions options;
  options.parts = parts;
  const auto write = [&](const Communicator& ranks) {
    const auto writer =
        create_table_of_ranks(scratch / "t.csv", table.empty_copy(), options, ranks);
    const auto all = static_cast<size_t>(ranks.count()), rank = static_cast<size_t>(ranks.rank());
    // Ranks have more rows the higher their number; the first of many has none.
    const size_t end = table.rows() * (rank * (rank + 1)) / (all * (all - 1) + (all == 1));
    size_t row = table.rows() * (rank ? rank * (rank - 1) : 0) / (all * (all - 1) + (all == 1));
    for (const size_t last = all == 1 ? table.rows() : end; row < last; row += 7) {
      std::vector<size_t> rows;
      for (size_t r = row; r < std::min(last, row + 7); ++r) rows.push_back(r);
      writer->write(table.select(rows));
    }
    writer->commit();
  };
  if (count == 0)
    write(Communicator::alone());
  else
    as_ranks(count, write);
  std::map<std::string, std::string> files;
  for (const std::string& file : scratch.files()) files[file] = testing::read_file(scratch / file);
  return files;
}

TEST(Parts, HaveNames) {
  EXPECT_EQ(part_name("a/b.c/t.fits", "03"), "a/b.c/t-03.fits");
  EXPECT_EQ(part_name("t.csv.gz", "1"), "t-1.csv.gz");
  EXPECT_EQ(part_name("a.b/t", "1"), "a.b/t-1");
  EXPECT_EQ(part_name(".csv", "1"), ".csv-1");
}

TEST(Parts, ByNumberFollowOneAnotherAndHaveAboutAsManyRows) {
  for (const size_t rows : {size_t{0}, size_t{3}, size_t{100}})
    for (const size_t count : {1, 4, 12}) {
      const Table table = positions(rows);
      const auto alone = written(table, Parts{count}, 0);
      ASSERT_EQ(alone.size(), count);
      // The slow twin: each row by its number.
      size_t part = 0;
      for (const auto& [name, text] : alone) {
        EXPECT_EQ(name, count > 10 ? "t-" + std::string(part < 10 ? "0" : "") +
                                         std::to_string(part) + ".csv"
                                   : "t-" + std::to_string(part) + ".csv");
        std::string expected = "name,ra,dec\n";
        for (size_t row = rows * part / count; row < rows * (part + 1) / count; ++row)
          expected += "x" + std::to_string(row) + ",";
        std::string found;
        for (size_t line = 0, at = 0; at < text.size(); ++line, at = text.find('\n', at) + 1)
          found += line == 0 ? "name,ra,dec\n" : text.substr(at, text.find(',', at) - at + 1);
        EXPECT_EQ(found, expected);
        ++part;
      }
      for (const int ranks : {1, 2, 3, 8})
        EXPECT_TRUE(written(table, Parts{count}, ranks) == alone) << rows << count << ranks;
    }
}

TEST(Parts, ByPixelHaveTheRowsOfThePixel) {
  const Table table = positions(400);
  const auto alone = written(table, sky::parts_by_pixel({"ra", "dec"}, 1), 0);
  EXPECT_GT(alone.size(), 10u);
  EXPECT_TRUE(alone.count("t-order1-pixel48.csv"));  // without position
  size_t rows = 0;
  for (size_t row = 0; row < table.rows(); ++row) {
    const bool is_missing = table.columns[1].missing(row);
    const uint64_t pixel =
        is_missing
            ? 48
            : sky::healpix_nested({table.columns[1].number(row), table.columns[2].number(row)}, 1);
    const std::string name =
        "t-order1-pixel" + std::string(pixel < 10 ? "0" : "") + std::to_string(pixel) + ".csv";
    EXPECT_NE(alone.at(name).find("\nx" + std::to_string(row) + ","), std::string::npos);
  }
  for (const auto& [name, text] : alone)
    rows += static_cast<size_t>(std::count(text.begin(), text.end(), '\n')) - 1;
  EXPECT_EQ(rows, table.rows());
  for (const int ranks : {1, 2, 3, 8})
    EXPECT_TRUE(written(table, sky::parts_by_pixel({"ra", "dec"}, 1), ranks) == alone) << ranks;
}

TEST(Parts, ReplaceThoseOfAnEarlierTable) {
  for (const int count : {1, 3}) {
    const ScratchFolder scratch;
    const auto write = [&](size_t rows, const Parts& parts, Overwrite overwrite) {
      as_ranks(count, [&](const Communicator& ranks) {
        WriteOptions options;
        options.parts = parts;
        options.overwrite = overwrite;
        const auto writer =
            create_table_of_ranks(scratch / "t.csv", positions(0).empty_copy(), options, ranks);
        if (ranks.is_first()) writer->write(positions(rows));
        writer->commit();
      });
    };
    testing::write_file(scratch / "t-x1.csv", "of the user");
    testing::write_file(scratch / "t-1.fits", "of the user");
    const std::vector<std::string> others = scratch.files();
    write(20, Parts{12}, Overwrite::no);
    EXPECT_EQ(scratch.files().size(), 14u);
    EXPECT_THROW(write(20, Parts{2}, Overwrite::no), Error);
    EXPECT_EQ(scratch.files().size(), 14u);
    write(20, Parts{2}, Overwrite::yes);
    EXPECT_EQ(scratch.files(),
              (std::vector<std::string>{"t-0.csv", "t-1.csv", "t-1.fits", "t-x1.csv"}));
    const Parts pixels = sky::parts_by_pixel({"ra", "dec"}, 1);
    write(400, pixels, Overwrite::no);
    const size_t many = scratch.files().size();
    write(1, pixels, Overwrite::yes);
    EXPECT_EQ(scratch.files().size(), 5u);
    EXPECT_GT(many, 14u);
  }
}

TEST(Parts, OfManyFilesAreOpenOneAtATime) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  rlimit few = before;
  few.rlim_cur = 100;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  const auto files = written(positions(1000), Parts{300}, 2);
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(files.size(), 300u);
}

TEST(Parts, AppearTogetherOrNotAtAll) {
  const ScratchFolder scratch;
  testing::write_file(scratch / "t-2.csv", "here already");
  WriteOptions options;
  options.parts = Parts{4};
  EXPECT_THROW(as_ranks(3,
                        [&](const Communicator& ranks) {
                          const auto writer = create_table_of_ranks(
                              scratch / "t.csv", positions(0).empty_copy(), options, ranks);
                          if (ranks.is_first()) writer->write(positions(20));
                          writer->commit();
                        }),
               Error);
  EXPECT_EQ(scratch.files(), std::vector<std::string>{"t-2.csv"});
}

}  // namespace
}  // namespace uhuru::io
