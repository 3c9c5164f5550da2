// Rows of an SQLite table written as the pages of its file, many times as fast as by INSERT.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "uhuru/base/descriptor.hpp"

#pragma GCC visibility push(default)
namespace uhuru::catalog {

/// The size of the pages of a file that is written so.
constexpr size_t page_bytes = 4096;

/// Rows with consecutive numbers, as leaf pages in memory. The row number is the table's INTEGER
/// PRIMARY KEY, which is its first column. Not thread-safe.
/// Source: "Database File Format" of SQLite, sections 1.6 and 2.1.
class RowPages {
 public:
  /// `first_id`: of the first row.
  explicit RowPages(int64_t first_id) : id_(first_id) { begin_row(); }

  // The cells of a row, from the second column on: of REAL, INTEGER and TEXT. NaN and empty text
  // are NULL.
  void add(double value);
  void add(int64_t value);
  void add(std::string_view text);
  void add_all(std::span<const double> values) {
    for (const double value : values) add(value);
  }
  void finish_row();
  bool empty() const { return leaves_.empty(); }

 private:
  friend class TableFiller;
  struct Leaf {
    size_t page;      // of pages_
    int64_t last_id;  // of its rows
  };

  void begin_row();
  size_t new_page();
  void put_cell(std::string_view cell, size_t reference);

  int64_t id_;
  std::string header_, body_;  // of the row
  std::string pages_;
  std::vector<Leaf> leaves_;
  size_t cells_ = 0, content_ = 0;  // of the last leaf: cells, and where their content begins
  // Where pages_ has the number of a page, and which of pages_ that is.
  std::vector<std::pair<size_t, size_t>> references_;
};

/// Fills an empty table of a file that no database has open. Not thread-safe.
class TableFiller {
 public:
  /// `root`: the number of the table's root page. Throws Error (input) if the file cannot be
  /// opened.
  TableFiller(std::string path, uint32_t root);
  /// Appends rows, whose numbers follow those before. Throws Error (input) if the disk is full.
  void append(RowPages rows);
  /// Writes the inner pages. Throws Error (input) if the disk is full.
  void finish();

 private:
  using Child = std::pair<uint32_t, int64_t>;  // a page, and the last row in it

  uint32_t new_page();
  void write_pages(RowPages& rows, size_t from);
  std::string inner_page(std::span<const Child> children) const;
  void write_at(uint32_t page, size_t offset, std::string_view bytes);
  [[noreturn]] void fail() const;

  std::string path_;
  Descriptor file_;
  uint32_t root_, pages_ = 0;    // pages in the file
  RowPages first_{0};            // not yet written: it is the root if there are no others
  std::vector<Child> children_;  // of the leaves
};

}  // namespace uhuru::catalog
#pragma GCC visibility pop
