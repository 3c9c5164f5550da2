// A column of a table: values of one type, some of them missing.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "uhuru/table/field.hpp"

#pragma GCC visibility push(default)
namespace uhuru {

/// Values of one type, one cell per row, stored contiguously.
///
/// Missing values: a float is missing if it is NaN, an array of floats if all of it is; text or any
/// array is missing if it has no values, also an array of fixed length, so that a missing cell
/// takes no memory whatever its length; integers and booleans have a flag. Readers and writers
/// never replace a missing value by a number. Thread-safe for reading, not for writing.
class Column {
 public:
  explicit Column(Field field);

  Field field;

  size_t size() const { return rows_; }
  bool missing(size_t row) const;
  size_t missing_count() const;

  /// The value of a numeric or boolean (0 or 1) scalar as a double; NaN if missing. Integers beyond
  /// 2^53 are rounded. Throws Error (bug) for text and arrays.
  double number(size_t row) const;
  /// The characters of a text cell; empty if missing. Valid until the column changes.
  std::string_view text(size_t row) const;
  /// The values of a cell. T must be the C++ type of the column: uint8_t (boolean, byte, text),
  /// int16_t, int32_t, int64_t, float or double.
  template <class T>
  std::span<const T> cell(size_t row) const {
    const auto& values = std::get<std::vector<T>>(values_);
    return std::span<const T>(values).subspan(begin(row), end(row) - begin(row));
  }
  /// The number of values in a cell; 0 for a missing array of fixed length, unless its values are
  /// there and are all missing.
  size_t cell_count(size_t row) const { return end(row) - begin(row); }
  /// All values contiguously; see cell().
  template <class T>
  std::span<const T> values() const {
    return std::get<std::vector<T>>(values_);
  }

  /// Appends a cell with these values, whose number must match the field if that is fixed, or be 0
  /// for a missing array.
  template <class T>
  void append(std::span<const T> cell_values) {
    auto& values = std::get<std::vector<T>>(values_);
    values.insert(values.end(), cell_values.begin(), cell_values.end());
    close_cell(false);
  }
  template <class T>
  void append(T value) {
    std::get<std::vector<T>>(values_).push_back(value);
    if (fixed_ == 1 && missing_.empty())
      ++rows_;
    else
      close_cell(false);
  }
  /// Appends `rows` cells of a fixed number of values at once: `fill(std::span<T>)` writes all
  /// values. No cell is flagged as missing: NaN marks missing floats, for other types see
  /// mark_missing().
  template <class T, class Fill>
  void append_cells(size_t rows, Fill&& fill) {
    auto& values = std::get<std::vector<T>>(values_);
    const size_t begin = values.size();
    values.resize(begin + rows * fixed_);
    fill(std::span<T>(values).subspan(begin));
    for (size_t row = 1; fixed_ != 1 && row <= rows; ++row) ends_.push_back(begin + row * fixed_);
    rows_ += rows;
    if (!missing_.empty()) missing_.resize(rows_, 0);
  }
  /// Flags an integer or boolean cell as missing and sets its values to zero.
  void mark_missing(size_t row);
  /// Appends a text. Strings in arrays are padded with blanks: those at the end are dropped.
  void append_text(std::string_view text);
  /// Appends a missing cell.
  void append_missing();
  /// Appends a number to a scalar column, converted to its type; NaN appends a missing cell.
  void append_number(double value);
  /// Appends a copy of a cell of another column of the same type.
  void append_from(const Column& other, size_t row) { append_from(other, row, 1); }
  /// Appends copies of `count` cells starting at `first`.
  void append_from(const Column& other, size_t first, size_t count);
  /// A row number for append_rows that stands for a missing cell.
  static constexpr size_t no_row = static_cast<size_t>(-1);
  /// Appends copies of these cells of another column of the same type, or a missing cell for
  /// no_row; equivalent to append_from and append_missing for each, but for a whole column at a
  /// time.
  void append_rows(const Column& other, std::span<const size_t> rows);

  /// All cells, to a Packer or from an Unpacker of a column with the same field.
  template <class Archive>
  void transfer(Archive& archive);

  void clear();
  /// Removes the cells from `rows` on.
  void truncate(size_t rows);
  void reserve(size_t rows);

  /// Calls `visit(std::vector<T>&)` with the values in their native type.
  template <class Visitor>
  decltype(auto) visit(Visitor&& visitor) const {
    return std::visit(std::forward<Visitor>(visitor), values_);
  }

 private:
  size_t begin(size_t row) const {
    return fixed_ == 1 ? row : (row == 0 ? 0 : static_cast<size_t>(ends_[row - 1]));
  }
  size_t end(size_t row) const { return fixed_ == 1 ? row + 1 : static_cast<size_t>(ends_[row]); }
  void close_cell(bool is_missing);

  size_t fixed_;  // values per cell, 0 if variable
  size_t rows_ = 0;
  std::variant<std::vector<uint8_t>, std::vector<int16_t>, std::vector<int32_t>,
               std::vector<int64_t>, std::vector<float>, std::vector<double>>
      values_;
  std::vector<uint64_t> ends_;    // end of each cell's values, unless each cell has one value
  std::vector<uint8_t> missing_;  // one flag per row; empty while nothing is flagged
};

}  // namespace uhuru
#pragma GCC visibility pop
