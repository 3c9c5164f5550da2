// A table: columns of equal length.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "uhuru/table/column.hpp"

namespace uhuru {

/// Columns of equal length with a name and a description. Reading from several threads is safe.
class Table {
 public:
  std::string name;
  std::string description;
  std::vector<Column> columns;

  size_t rows() const { return columns.empty() ? 0 : columns.front().size(); }

  /// Adds an empty column and returns it; valid until the next one is added.
  Column& add(Field field);

  /// The column of this exact name, or nullptr. Throws Error (input) where two have it.
  const Column* find(std::string_view name) const;
  /// The same, but a column that is not there is an Error (input) that names the nearest ones.
  const Column& at(std::string_view name) const;
  std::vector<std::string> column_names() const;

  /// A table of the same columns without rows.
  Table empty_copy() const;
  /// Adds the rows of another table with the same columns.
  void append_rows(const Table& other);
  /// The rows of these numbers, in this order.
  Table select(std::span<const size_t> rows) const;
  void clear_rows();
};

/// Every value of a numeric column as a double, NaN where missing; booleans count 0 and 1.
///
/// `first_row` is the number of rows before these in the file. Throws Error (input) for text or
/// arrays, and for an infinite value, naming the row (from 1).
std::vector<double> numbers(const Column& column, uint64_t first_row = 0);

/// The value of any cell as text, the way tables show it: "" where missing, doubles as Python
/// prints them, arrays with blanks between the values.
std::string cell_text(const Column& column, size_t row);

}  // namespace uhuru
