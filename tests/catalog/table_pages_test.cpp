// Rows written as pages of an SQLite file: the same as by INSERT, and whole for SQLite.
#include "uhuru/catalog/table_pages.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <random>
#include <variant>

#include "support/support.hpp"
#include "uhuru/catalog/sqlite.hpp"

namespace uhuru {
namespace {

namespace fs = std::filesystem;
using catalog::Database;
using catalog::RowPages;
using catalog::Statement;
using catalog::TableFiller;

/// A real, an integer, and two texts.
struct Row {
  double real;
  int64_t whole;
  std::string text, other;
};

double random_real(std::mt19937& random) {
  const double usual = std::normal_distribution<double>()(random);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  switch (random() % 8) {
    case 0:
      return std::nan("");
    case 1:
      return static_cast<double>(random() % 5) - 2;
    case 2:
      return -0.0;
    case 3:
      return std::floor(usual * 1e12);
    case 4:
      return random() % 2 ? infinity : -infinity;
    default:
      return usual;
  }
}

int64_t random_whole(std::mt19937& random) {
  const auto bits = static_cast<int64_t>(random()) << 32 | random();
  return bits >> (random() % 64);
}

/// `longest`: of the texts, most of which are short.
std::vector<Row> random_rows(size_t count, size_t longest, uint32_t seed) {
  std::mt19937 random(seed);
  const auto text = [&] {
    return std::string(random() % 10 ? random() % 70 : random() % (longest + 1),
                       static_cast<char>('a' + random() % 26));
  };
  std::vector<Row> rows;
  for (size_t i = 0; i < count; ++i)
    rows.push_back({random_real(random), random_whole(random), text(), text()});
  return rows;
}

constexpr const char* create =
    "PRAGMA page_size = 4096; CREATE TABLE t (id INTEGER PRIMARY KEY, a REAL, b INTEGER, c TEXT, "
    "d TEXT) STRICT; CREATE TABLE other (x TEXT) STRICT";

uint32_t root_of(const std::string& path) {
  const Database file = Database::create(path);
  Statement root(file, "SELECT rootpage FROM sqlite_schema WHERE name = 't'");
  root.step();
  return static_cast<uint32_t>(root.whole(0));
}

void fill(const std::string& path, const std::vector<Row>& rows, size_t rows_at_a_time) {
  TableFiller table(path, root_of(path));
  for (size_t begin = 0; begin < rows.size(); begin += rows_at_a_time) {
    RowPages pages(static_cast<int64_t>(begin + 1));
    for (size_t i = begin; i < std::min(rows.size(), begin + rows_at_a_time); ++i) {
      pages.add(rows[i].real);
      pages.add(rows[i].whole);
      pages.add(std::string_view(rows[i].text));
      pages.add(std::string_view(rows[i].other));
      pages.finish_row();
    }
    table.append(std::move(pages));
  }
  table.finish();
}

void insert(const std::string& path, const std::vector<Row>& rows) {
  Database file = Database::create(path);
  file.execute("BEGIN");
  Statement add(file, "INSERT INTO t VALUES (?, ?, ?, nullif(?, ''), nullif(?, ''))");
  for (size_t i = 0; i < rows.size(); ++i) {
    add.bind(1, static_cast<int64_t>(i + 1));
    add.bind(2, rows[i].real);
    add.bind(3, rows[i].whole);
    add.bind(4, std::string_view(rows[i].text));
    add.bind(5, std::string_view(rows[i].other));
    add.run();
  }
  file.execute("COMMIT");
}

/// What `sql` returns, with the types of the values.
std::string answer(const std::string& path, const std::string& sql) {
  const Database file = Database::create(path);
  Statement rows(file, sql);
  std::string text;
  while (rows.step()) text += std::string(rows.text(0)) + "\n";
  return text;
}
std::string content(const std::string& path) {
  return answer(path,
                "SELECT id || '|' || typeof(a) || quote(a) || '|' || quote(b) || '|' || quote(c)"
                " || '|' || quote(d) FROM t");
}

class TablePages : public ::testing::Test {
 protected:
  std::string created(const std::string& name) {
    const std::string path = scratch_ / name;
    Database::create(path).execute(create);
    return path;
  }
  testing::ScratchFolder scratch_;
};

TEST_F(TablePages, HoldWhatInsertWrites) {
  // Rows of one leaf, of a root with leaves, of three levels; texts within a page and beyond it.
  uint32_t seed = 0;
  for (const size_t count : {0, 1, 2, 17, 400, 30'000})
    for (const size_t longest : {10, 5'000, 100'000}) {
      if (count > 1'000 && longest > 10'000) continue;
      const auto rows = random_rows(count, longest, ++seed);
      const std::string name = std::to_string(seed);
      const std::string expected = created("inserted" + name);
      insert(expected, rows);
      for (const size_t at_a_time : {size_t{256}, count + 1}) {
        const std::string path = created("filled" + name + (at_a_time == 256 ? "a" : "b"));
        fill(path, rows, at_a_time);
        EXPECT_EQ(answer(path, "PRAGMA integrity_check"), "ok\n") << count << " " << longest;
        EXPECT_EQ(content(path), content(expected)) << count << " " << longest;
        EXPECT_LE(static_cast<double>(fs::file_size(path)),
                  1.1 * static_cast<double>(fs::file_size(expected)) + 65536);
        // SQLite goes on with it.
        Database::create(path).execute(
            "CREATE INDEX i ON t (c, a); INSERT INTO t (c) VALUES ('last');"
            "DELETE FROM t WHERE id % 3 = 0");
        EXPECT_EQ(answer(path, "PRAGMA integrity_check"), "ok\n") << count << " " << longest;
      }
    }
}

TEST_F(TablePages, HoldEachLengthAroundTheEndOfAPage) {
  std::vector<Row> rows;
  for (size_t length = 3'950; length < 4'150; ++length) {
    rows.push_back({1.5, 7, std::string(length, 'x'), ""});
    rows.push_back({1.5, 7, std::string(length + 4'092, 'y'), "z"});
  }
  const std::string path = created("filled");
  fill(path, rows, 10);
  const std::string expected = created("inserted");
  insert(expected, rows);
  EXPECT_EQ(answer(path, "PRAGMA integrity_check"), "ok\n");
  EXPECT_EQ(content(path), content(expected));
}

TEST_F(TablePages, LeaveOutThePageThatSystemsLock) {
  const std::string path = created("large");
  constexpr uintmax_t lock_begin = 1 << 30;
  fs::resize_file(path, lock_begin - 40 * catalog::page_bytes);  // takes no room
  const auto rows = random_rows(3'000, 20'000, 5);
  fill(path, rows, 100);
  const std::string expected = created("inserted");
  insert(expected, rows);
  EXPECT_EQ(content(path), content(expected));
  EXPECT_EQ(answer(path, "SELECT count(*) FROM t"), "3000\n");
  EXPECT_GT(fs::file_size(path), lock_begin + 100 * catalog::page_bytes);
}

TEST_F(TablePages, SayWhyTheyCannotBeWritten) {
  const Error error = testing::error_of([&] { TableFiller(scratch_ / "none", 2); });
  EXPECT_EQ(error.message(), "cannot write the file");
  EXPECT_NE(error.found().find("No such file"), std::string::npos);
}

}  // namespace
}  // namespace uhuru
