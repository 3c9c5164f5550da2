// What a reader finds odd in a file, as sentences for the user.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "uhuru/base/communicator.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru::io {

/// Collects what is odd: each kind is counted, and only the first case is kept, so that a file full
/// of oddities takes no more memory than one with a few. Not thread-safe.
class ReaderNotes {
 public:
  /// A sentence that is said once, however often it is given.
  void say(const std::string& sentence);
  /// What is odd about a column as a whole: said once for all columns of which the same is true.
  void column(const std::string& name, const std::string& what);
  /// A cell that is not a value of its column and counts as missing. `row` from 1; `text` is what
  /// stands there.
  void bad_cell(size_t column, uint64_t row, std::string_view text) {
    bad_cells(column, 1, row, text);
  }
  /// The same for several cells of a column; `row` and `text` are of the first.
  void bad_cells(size_t column, uint64_t count, uint64_t row, std::string_view text);
  /// A row with fewer or more cells than there are columns.
  void odd_row(uint64_t row, size_t found, size_t columns);

  /// Adds what is odd about the cells and rows of all parts of a table, which the ranks have read
  /// in their order; what is said about the whole table must be the same in all. Collective.
  void share(const Communicator& ranks);

  /// The sentences; `header` has the columns.
  std::vector<std::string> sentences(const Table& header) const;

 private:
  struct Kind {
    uint64_t count = 0, first_row = 0;
    std::string first;
    /// Adds those of later rows.
    void add(const Kind& later);
    template <class Archive>
    friend void transfer(Archive& archive, Kind& kind) {
      archive(kind.count, kind.first_row, kind.first);
    }
  };
  std::vector<std::string> said_;
  struct Columns {
    std::string what, first;
    size_t count = 0;
  };
  std::vector<Columns> columns_;
  size_t unsaid_ = 0;
  std::map<size_t, Kind> bad_cells_;  // by column
  Kind short_rows_, long_rows_;
};

}  // namespace uhuru::io
