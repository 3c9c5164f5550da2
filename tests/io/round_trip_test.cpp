// Tables of every type survive a round trip through every format.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/io/table_io.hpp"

namespace uhuru {
namespace {

Field field(const std::string& name, Type type, const std::string& arraysize = "") {
  Field result;
  result.name = name;
  result.type = type;
  result.arraysize = arraysize;
  result.unit = type == Type::float64 ? "erg.s-1.cm-2" : "";
  result.ucd = type == Type::float64 ? "phot.flux;em.X-ray" : "";
  result.description = "The <" + name +
                       "> & \"more\", a description that is longer than the 68 characters "
                       "of one FITS card";
  return result;
}

template <class T>
T any_value(RandomState& random) {
  uint64_t bits = (static_cast<uint64_t>(random.next_uint32()) << 32) | random.next_uint32();
  if (random.uniform() < 0.1) bits = 0;
  if (random.uniform() < 0.1) bits = ~uint64_t{0};
  T value;
  std::memcpy(&value, &bits, sizeof(T));
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(value)) value = -std::numeric_limits<T>::denorm_min();
    if (random.uniform() < 0.05) value = std::numeric_limits<T>::infinity();
    if (random.uniform() < 0.05) value = T{-0.0};
  } else if constexpr (sizeof(T) > 1) {
    if (value == std::numeric_limits<T>::min()) ++value;  // what marks missing values in FITS
  } else if (value == 255) {
    value = 254;  // one byte value is left to mark missing values
  }
  return value;
}

/// A table with every type, scalar and array, with some cells missing.
Table random_table(size_t rows, bool arrays, uint32_t seed) {
  RandomState random(seed);
  Table table;
  table.name = "random";
  const Type types[] = {Type::boolean, Type::byte,    Type::int16,   Type::int32,
                        Type::int64,   Type::float32, Type::float64, Type::text};
  for (const Type type : types) {
    const std::string name(type_name(type));
    table.add(field(name, type));
    if (!arrays || type == Type::text) continue;
    table.add(field(name + "_fixed", type, "3"));
    table.add(field(name + "_matrix", type, "2x3"));
    table.add(field(name + "_variable", type, "*"));
  }
  if (arrays) table.add(field("strings", Type::text, "4x2"));
  for (Column& column : table.columns) {
    for (size_t row = 0; row < rows; ++row) {
      if (random.uniform() < 0.2) {
        column.append_missing();
        continue;
      }
      if (column.field.is_text_array()) {
        column.append_text(random.uniform() < 0.5 ? "ab  cdef" : "abcdefg ");
        continue;
      }
      if (column.field.type == Type::text) {
        const char* texts[] = {"2CXO J004307.5-092302", "a<b & c>d", "\"quoted\", with comma", "x",
                               "two  blanks"};
        column.append_text(texts[random.integer(5)]);
        continue;
      }
      size_t count = column.field.cell_size();
      if (count == 0) count = 1 + random.integer(5);
      column.visit([&](const auto& values) {
        using T = typename std::decay_t<decltype(values)>::value_type;
        std::vector<T> cell(count);
        for (T& value : cell)
          value = column.field.type == Type::boolean ? static_cast<T>(random.integer(2))
                                                     : any_value<T>(random);
        column.append(std::span<const T>(cell));
      });
    }
  }
  return table;
}

void expect_same_cells(const Table& expected, const Table& table) {
  ASSERT_EQ(table.column_names(), expected.column_names());
  ASSERT_EQ(table.rows(), expected.rows());
  for (size_t c = 0; c < table.columns.size(); ++c) {
    const Column& a = expected.columns[c];
    const Column& b = table.columns[c];
    ASSERT_EQ(a.field.type, b.field.type) << a.field.name;
    EXPECT_EQ(a.field.arraysize, b.field.arraysize) << a.field.name;
    for (size_t row = 0; row < table.rows(); ++row) {
      ASSERT_EQ(a.missing(row), b.missing(row)) << a.field.name << " row " << row;
      if (a.missing(row)) continue;
      a.visit([&](const auto& values) {
        using T = typename std::decay_t<decltype(values)>::value_type;
        const auto x = a.cell<T>(row);
        const auto y = b.cell<T>(row);
        ASSERT_EQ(x.size(), y.size()) << a.field.name << " row " << row;
        // Bit for bit, including the sign of zero.
        EXPECT_EQ(std::memcmp(x.data(), y.data(), x.size_bytes()), 0)
            << a.field.name << " row " << row << ": " << cell_text(a, row) << " / "
            << cell_text(b, row);
      });
    }
  }
}

void expect_same_metadata(const Table& expected, const Table& table) {
  EXPECT_EQ(table.name, expected.name);
  for (size_t c = 0; c < table.columns.size(); ++c) {
    EXPECT_EQ(table.columns[c].field.unit, expected.columns[c].field.unit);
    EXPECT_EQ(table.columns[c].field.ucd, expected.columns[c].field.ucd);
    EXPECT_EQ(table.columns[c].field.description, expected.columns[c].field.description);
  }
}

class RoundTrip : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(RoundTrip, KeepsEveryTypeAndMissingValue) {
  const auto [name, format] = GetParam();
  const testing::ScratchFolder scratch;
  for (const size_t rows : {0, 1, 500}) {
    Table table = random_table(rows, true, static_cast<uint32_t>(rows) + 1);
    if (std::string(format) ==
        "votable-binary")  // BINARY cannot represent a missing byte or boolean array
      for (Column& column : table.columns) {
        const bool unmarked = !column.field.is_scalar() && column.field.cell_size() > 0 &&
                              !is_float(column.field.type) && column.field.type != Type::text;
        if (!unmarked && column.field.type != Type::byte) continue;
        Column whole(column.field);
        for (size_t row = 0; row < rows; ++row) {
          const std::vector<uint8_t> bytes(std::max<size_t>(1, column.field.cell_size()), 1);
          if (column.field.cell_size() == 0 || !column.missing(row)) {
            whole.append_from(column, row);
          } else {
            whole.visit([&](const auto& values) {
              using T = typename std::decay_t<decltype(values)>::value_type;
              whole.append(std::span<const T>(std::vector<T>(bytes.begin(), bytes.end())));
            });
          }
        }
        column = whole;
      }
    io::WriteOptions options;
    options.format = io::format_from_text(format);
    options.overwrite = io::Overwrite::yes;
    io::write_table(scratch / name, table, options);
    const Table again = io::read_table(scratch / name);
    expect_same_cells(table, again);
    expect_same_metadata(table, again);
    EXPECT_EQ(scratch.files().size(), 1u);
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, RoundTrip,
                         ::testing::Values(std::pair{"t.vot", "votable"},
                                           std::pair{"b.vot", "votable-binary"},
                                           std::pair{"b2.vot.gz", "votable-binary2"},
                                           std::pair{"t.fits", "fits"},
                                           std::pair{"t.fits.gz", "fits"}),
                         [](const auto& format) {
                           std::string name = format.param.first;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

TEST(TextRoundTrip, KeepsNumbersBitForBit) {
  const testing::ScratchFolder scratch;
  for (const char* name : {"t.csv", "t.tsv", "t.csv.gz"}) {
    Table all = random_table(400, false, 3);
    Table table;
    for (const Column& column : all.columns)  // the types that text can distinguish
      if (column.field.type == Type::boolean || column.field.type == Type::int64 ||
          column.field.type == Type::float64 || column.field.type == Type::text)
        table.columns.push_back(column);
    io::write_table(scratch / name, table);
    expect_same_cells(table, io::read_table(scratch / name));
  }
}

TEST(RoundTripInBatches, GivesTheSameTable) {
  const testing::ScratchFolder scratch;
  const Table table = random_table(1000, true, 9);
  for (const char* name : {"t.vot", "t.fits"}) {
    const auto writer = io::create_table(scratch / name, table);
    for (size_t begin = 0; begin < 1000; begin += 130) {
      std::vector<size_t> rows;
      for (size_t row = begin; row < std::min<size_t>(1000, begin + 130); ++row)
        rows.push_back(row);
      writer->write(table.select(rows));
    }
    writer->commit();
    const auto reader = io::open_table(scratch / name);
    Table batch = reader->header().empty_copy();
    Table again = batch.empty_copy();
    while (reader->read(batch, 70)) again.append_rows(batch);
    EXPECT_EQ(reader->rows_read(), 1000u);
    expect_same_cells(table, again);
  }
}

TEST(RoundTrip, KeepsTextBeyondAsciiInVotableAndCsv) {
  const testing::ScratchFolder scratch;
  testing::write_file(scratch / "a.csv", "name,x\nÅngström ±1,1\n🚀,2\n");
  const Table table = io::read_table(scratch / "a.csv");
  for (const char* format : {"votable", "votable-binary", "votable-binary2"}) {
    io::WriteOptions options;
    options.format = io::format_from_text(format);
    options.overwrite = io::Overwrite::yes;
    io::write_table(scratch / "a.vot", table, options);
    EXPECT_EQ(io::read_table(scratch / "a.vot").at("name").text(0), "Ångström ±1");
    EXPECT_EQ(io::read_table(scratch / "a.vot").at("name").text(1), "🚀");
  }
}

TEST(Fits, MarksMissingBytesByOneThatDoesNotOccur) {
  const testing::ScratchFolder scratch;
  Table table;
  Column& column = table.add(field("b", Type::byte));
  for (int i = 0; i < 256; ++i)
    if (i != 77) column.append(static_cast<uint8_t>(i));
  column.append_missing();
  io::write_table(scratch / "a.fits", table);
  expect_same_cells(table, io::read_table(scratch / "a.fits"));
  column.append(uint8_t{77});
  EXPECT_EQ(testing::error_of([&] { io::write_table(scratch / "b.fits", table); }).message(),
            "FITS cannot distinguish a missing value from a number here");
}

TEST(CheckTarget, SaysBeforeTheTableIsMadeWhatWritingItWould) {
  const testing::ScratchFolder scratch;
  const auto kind = [&](const std::string& path, const io::WriteOptions& options = {}) {
    return testing::error_of([&] { io::check_target(path, options); }).kind();
  };
  testing::write_file(scratch / "a.csv", "a\n");
  EXPECT_EQ(kind(scratch / "a.csv"), ErrorKind::usage);
  EXPECT_EQ(kind(scratch / "b"), ErrorKind::usage) << "no format";
  EXPECT_EQ(kind(scratch / "no/b.csv"), ErrorKind::input) << "no folder";
  io::WriteOptions options;
  options.format = io::Format::csv;
  options.overwrite = io::Overwrite::yes;
  for (const std::string& path : {scratch / "b", scratch / "a.csv", std::string("-"),
                                  std::string("/dev/null"), std::string("b.csv")})
    EXPECT_NO_THROW(io::check_target(path, options)) << path;
}

TEST(FitsReader, ReadsFewLongArraysAtATime) {
  // Three rows of three million numbers each: a batch has as many as fit in a few megabytes.
  const testing::ScratchFolder scratch;
  Table table;
  Field field = make_field("values", Type::byte, "");
  field.arraysize = "*";
  Column& column = table.add(field);
  const std::vector<uint8_t> values(3'000'000, 7);
  for (int row = 0; row < 3; ++row) column.append(std::span<const uint8_t>(values));
  io::write_table(scratch / "long.fits", table);
  const auto reader = io::open_table(scratch / "long.fits");
  Table batch = reader->header().empty_copy();
  size_t rows = 0;
  while (reader->read(batch)) {
    EXPECT_EQ(batch.rows(), 1U);
    rows += batch.rows();
  }
  EXPECT_EQ(rows, 3U);
}

}  // namespace
}  // namespace uhuru
