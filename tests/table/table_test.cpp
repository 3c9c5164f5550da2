#include "uhuru/table/table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "support/support.hpp"

namespace uhuru {
namespace {

using testing::error_of;

Field field(const std::string& name, Type type, const std::string& arraysize = "") {
  Field result;
  result.name = name;
  result.type = type;
  result.arraysize = arraysize;
  return result;
}

TEST(Field, KnowsTheSizeOfItsCells) {
  EXPECT_EQ(parse_arraysize(""), 1u);
  EXPECT_EQ(parse_arraysize("3x4"), 12u);
  EXPECT_EQ(parse_arraysize("3x*"), 0u);
  EXPECT_EQ(parse_arraysize("10*"), 0u);
  for (const char* bad : {"x", "3x", "-1", "0", "a", "3 4", "*x3"})
    EXPECT_EQ(error_of([&] { parse_arraysize(bad); }).kind(), ErrorKind::input) << bad;
  EXPECT_EQ(error_of([] { parse_arraysize("1000000x1000000"); }).message(),
            "an array is too large");
}

TEST(Column, KeepsMissingMissing) {
  for (const Type type : {Type::boolean, Type::byte, Type::int16, Type::int32, Type::int64,
                          Type::float32, Type::float64}) {
    Column column(field("x", type));
    column.append_number(1);
    column.append_missing();
    column.append_number(0);
    column.append_number(std::nan(""));
    ASSERT_EQ(column.size(), 4u);
    EXPECT_EQ(column.missing_count(), 2u);
    EXPECT_EQ(column.number(0), 1);
    EXPECT_TRUE(std::isnan(column.number(1)));
    EXPECT_EQ(column.number(2), 0);
    EXPECT_TRUE(column.missing(3));
    EXPECT_EQ(cell_text(column, 1), "");
  }
}

/// A column of any shape with some missing cells.
Column some_cells(const Field& shape, size_t rows) {
  Column column(shape);
  for (size_t row = 0; row < rows; ++row) {
    if (row % 7 == 3) {
      column.append_missing();
      continue;
    }
    const size_t count = column.field.cell_size() ? column.field.cell_size() : 1 + row % 4;
    column.visit([&](const auto& values) {
      using T = typename std::decay_t<decltype(values)>::value_type;
      column.append(std::span<const T>(std::vector<T>(count, static_cast<T>(row + 1))));
    });
  }
  return column;
}

void expect_same_cells(const Column& a, const Column& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t row = 0; row < a.size(); ++row) {
    EXPECT_EQ(a.missing(row), b.missing(row)) << row;
    EXPECT_EQ(cell_text(a, row), cell_text(b, row)) << row;
  }
}

TEST(Column, CopiesRangesAsCellByCell) {
  for (const Type type :
       {Type::boolean, Type::byte, Type::int64, Type::float32, Type::float64, Type::text})
    for (const char* arraysize : {"", "3", "*"}) {
      if (type == Type::text && *arraysize) continue;
      const Column cells = some_cells(field("x", type, arraysize), 50);
      for (const auto& [first, count] : {std::pair{0, 50}, {0, 3}, {3, 1}, {4, 20}, {10, 0}}) {
        Column ranged = some_cells(cells.field, 2);
        Column single = ranged;
        ranged.append_from(cells, static_cast<size_t>(first), static_cast<size_t>(count));
        for (int row = first; row < first + count; ++row)
          if (cells.missing(static_cast<size_t>(row)))
            single.append_missing();
          else
            cells.visit([&](const auto& values) {
              using T = typename std::decay_t<decltype(values)>::value_type;
              single.append(cells.cell<T>(static_cast<size_t>(row)));
            });
        expect_same_cells(ranged, single);
        ranged.truncate(2);
        expect_same_cells(ranged, some_cells(cells.field, 2));
      }
    }
}

TEST(Column, FillsManyCellsAtOnce) {
  Column column = some_cells(field("x", Type::int32, "2"), 3);
  column.append_cells<int32_t>(2, [](std::span<int32_t> values) {
    ASSERT_EQ(values.size(), 4u);
    for (int32_t& value : values) value = 5;
  });
  column.mark_missing(4);
  ASSERT_EQ(column.size(), 5u);
  EXPECT_EQ(cell_text(column, 3), "5 5");
  EXPECT_EQ(column.missing_count(), 1u);
  EXPECT_TRUE(column.missing(4));
}

TEST(Column, HoldsTextAndArrays) {
  Column text(field("t", Type::text));
  text.append_text("a");
  text.append_missing();
  text.append_text("bcd");
  EXPECT_EQ(text.text(2), "bcd");
  EXPECT_TRUE(text.missing(1));
  EXPECT_EQ(text.missing_count(), 1u);

  Column fixed(field("f", Type::int32, "2x2"));
  const int32_t values[] = {1, 2, 3, 4};
  fixed.append(std::span<const int32_t>(values));
  fixed.append_missing();
  EXPECT_EQ(fixed.cell<int32_t>(0)[3], 4);
  EXPECT_TRUE(fixed.missing(1));
  EXPECT_EQ(cell_text(fixed, 0), "1 2 3 4");

  Column variable(field("v", Type::float64, "*"));
  const double some[] = {1.5, std::nan("")};
  variable.append(std::span<const double>(some));
  variable.append_missing();
  variable.append(std::span<const double>(some).first(1));
  EXPECT_EQ(variable.cell_count(0), 2u);
  EXPECT_FALSE(variable.missing(0));
  EXPECT_TRUE(variable.missing(1));
  EXPECT_EQ(cell_text(variable, 2), "1.5");

  Column copy(variable.field);
  for (size_t row = 0; row < 3; ++row) copy.append_from(variable, row);
  EXPECT_TRUE(copy.missing(1));
  EXPECT_EQ(copy.cell_count(2), 1u);
  copy.clear();
  EXPECT_EQ(copy.size(), 0u);
}

TEST(Column, AppendsRowsAsCellByCell) {
  const size_t rows[] = {2, Column::no_row, 0, 0, 3, 1};
  for (const Type type : {Type::boolean, Type::byte, Type::int16, Type::int32, Type::int64,
                          Type::float32, Type::float64, Type::text})
    for (const char* arraysize : {"", "2", "*"})
      for (const bool with_missing : {false, true}) {
        Column source(field("x", type, arraysize));
        source.visit([&](const auto& values) {
          using T = typename std::decay_t<decltype(values)>::value_type;
          const std::vector<T> cell(std::max<size_t>(source.field.cell_size(), 1), T{1});
          for (int row = 0; row < 4; ++row)
            row == 2 && with_missing ? source.append_missing()
                                     : source.append(std::span<const T>(cell));
        });
        Column fast(source.field), slow(source.field);
        for (int again = 0; again < 2; ++again) {
          fast.append_rows(source, std::span(rows).first(again ? 6 : 1));
          for (const size_t row : std::span(rows).first(again ? 6 : 1))
            row == Column::no_row ? slow.append_missing() : slow.append_from(source, row);
        }
        ASSERT_EQ(fast.size(), slow.size());
        for (size_t row = 0; row < fast.size(); ++row) {
          EXPECT_EQ(fast.missing(row), slow.missing(row)) << type_name(type) << arraysize;
          EXPECT_EQ(cell_text(fast, row), cell_text(slow, row)) << type_name(type) << arraysize;
        }
      }
}

TEST(Column, AMissingArrayIsEmpty) {
  for (const Type type : {Type::float64, Type::int32, Type::boolean}) {
    Column column(field("a", type, "2"));
    const auto add = [&](int first, int second) {
      column.visit([&](const auto& values) {
        using T = typename std::decay_t<decltype(values)>::value_type;
        const T cell[] = {static_cast<T>(first), static_cast<T>(second)};
        column.append(std::span<const T>(cell));
      });
    };
    add(1, 0);
    column.append_missing();
    add(0, 1);
    const auto second = [](const Column& of, size_t row) {
      return of.visit([&](const auto& values) {
        using T = typename std::decay_t<decltype(values)>::value_type;
        return static_cast<int>(of.cell<T>(row)[1]);
      });
    };
    const auto expect = [&](const Column& of, const std::vector<int>& seconds) {
      ASSERT_EQ(of.size(), seconds.size());
      for (size_t row = 0; row < seconds.size(); ++row) {
        EXPECT_EQ(of.missing(row), seconds[row] < 0) << row;
        EXPECT_EQ(of.cell_count(row), seconds[row] < 0 ? 0u : 2u) << row;
        if (seconds[row] >= 0) {
          EXPECT_EQ(second(of, row), seconds[row]) << row;
        }
      }
    };
    expect(column, {0, -1, 1});
    Column copy(field("a", type, "2"));
    copy.append_from(column, 1, 2);
    expect(copy, {-1, 1});
    copy.append_rows(column, std::vector<size_t>{2, Column::no_row, 1, 0});
    expect(copy, {-1, 1, 1, -1, -1, 0});
    copy.truncate(3);
    expect(copy, {-1, 1, 1});
    copy.visit([&](const auto& values) {
      using T = typename std::decay_t<decltype(values)>::value_type;
      copy.append_cells<T>(2, [](std::span<T> cells) {
        for (size_t i = 0; i < cells.size(); ++i) cells[i] = static_cast<T>(i % 2);
      });
    });
    expect(copy, {-1, 1, 1, 1, 1});
    copy.clear();
    copy.append_missing();
    expect(copy, {-1});
  }
}

TEST(Column, AnArrayOfStringsHasNoBlanksAtItsEnd) {
  Column column(field("a", Type::text, "3x2"));
  for (const char* text : {"ab c  ", "      ", "abcdef"}) column.append_text(text);
  EXPECT_EQ(column.text(0), "ab c");
  EXPECT_TRUE(column.missing(1));
  EXPECT_EQ(column.text(2), "abcdef");
  Column plain(field("b", Type::text));
  plain.append_text("a ");
  EXPECT_EQ(plain.text(0), "a ");
}

TEST(Table, NamesTheNearestColumns) {
  Table table;
  table.add(field("hard_hm", Type::float64));
  table.add(field("ra", Type::float64));
  EXPECT_EQ(table.find("dec"), nullptr);
  const Error error = error_of([&] { table.at("hard_hn"); });
  EXPECT_EQ(error.expected(), "a column with this name (did you mean hard_hm?)");
  table.add(field("ra", Type::float64));
  EXPECT_EQ(error_of([&] { table.at("ra"); }).message(), "duplicate column name");
}

TEST(Table, NumbersNameTheRowOfWhatIsNoNumber) {
  Column text(field("x", Type::text));
  text.append_text("1.5");
  text.append_missing();
  text.append_text("abc");
  EXPECT_EQ(error_of([&] { numbers(text, 10); }).where(), "row 13, column x");
  Column good(field("x", Type::text));
  good.append_text("1.5");
  good.append_missing();
  EXPECT_EQ(numbers(good)[0], 1.5);
  EXPECT_TRUE(std::isnan(numbers(good)[1]));
  Column infinite(field("x", Type::float64));
  infinite.append(1.0);
  infinite.append(std::numeric_limits<double>::infinity());
  EXPECT_EQ(error_of([&] { numbers(infinite); }).where(), "row 2, column x");
  EXPECT_EQ(error_of([&] { numbers(Column(field("x", Type::float64, "2"))); }).message(),
            "a column of arrays");
}

TEST(Table, SelectsAndAppendsRows) {
  Table table;
  table.add(field("n", Type::int64));
  table.add(field("t", Type::text));
  for (int64_t i = 0; i < 5; ++i) {
    table.columns[0].append(i);
    table.columns[1].append_text(std::string(static_cast<size_t>(i), 'x'));
  }
  const size_t rows[] = {4, 0};
  Table chosen = table.select(rows);
  chosen.append_rows(table);
  ASSERT_EQ(chosen.rows(), 7u);
  EXPECT_EQ(chosen.columns[0].number(0), 4);
  EXPECT_TRUE(chosen.columns[1].missing(1));
  EXPECT_EQ(chosen.columns[1].text(6), "xxxx");
}

}  // namespace
}  // namespace uhuru
