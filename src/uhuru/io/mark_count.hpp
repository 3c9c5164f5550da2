// Words that mark missing numbers in a text.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "uhuru/base/communicator.hpp"
#include "uhuru/base/packing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru::io {

/// Cells of columns of numbers that were taken as missing although they are not empty, in rows that
/// are read one after the other.
class MarkCount {
 public:
  void add(size_t row, size_t column, std::string_view cell) {
    if (count_ == 0) {
      first_row_ = row;
      column_ = column;
      word_ = trim(cell);
    }
    in_last_row_ = row == last_row_ ? in_last_row_ + 1 : 1;
    last_row_ = row;
    ++count_;
  }
  /// Adds those of the first `rows` rows that follow row `before`.
  void add(const MarkCount& later, size_t rows, uint64_t before) {
    const uint64_t count = later.count_ - (later.last_row_ >= rows ? later.in_last_row_ : 0);
    if (count_ == 0 && count > 0) {
      *this = later;
      first_row_ += before;
      count_ = 0;
    }
    count_ += count;
  }
  std::string note(const Table& table) const {
    return fmt::format(
        "{} {} such as {} in columns of numbers {} a missing value (first: row {}, "
        "column {})",
        with_commas(count_), count_ == 1 ? "cell" : "cells", in_quotes(word_),
        count_ == 1 ? "means" : "mean", first_row_ + 1, table.columns[column_].field.name);
  }
  bool empty() const { return count_ == 0; }
  /// Adds those of all ranks, whose rows follow each other. Collective.
  void share(const Communicator& ranks) {
    const std::string own = packed(count_, first_row_, column_, word_);
    *this = {};
    for (const std::string& bytes : ranks.all_gather(own)) {
      MarkCount later;
      unpack(bytes, later.count_, later.first_row_, later.column_, later.word_);
      if (count_ == 0)
        *this = later;
      else
        count_ += later.count_;
    }
  }

 private:
  uint64_t count_ = 0, first_row_ = 0;
  size_t column_ = 0;
  std::string word_;
  size_t last_row_ = 0, in_last_row_ = 0;
};

}  // namespace uhuru::io
