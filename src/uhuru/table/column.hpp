// A column of a table: values of one type, some of them missing.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "uhuru/table/field.hpp"

namespace uhuru {

/// Values of one type, one cell a row, stored one after the other.
///
/// Missing: a float scalar or array of fixed length is missing when all of it is NaN, a text or an
/// array of variable length when it is empty; whole numbers and booleans carry a flag. Missing
/// stays missing: no reader or writer puts a number in its place. Reading from several threads is
/// safe, changing is not.
class Column {
 public:
  explicit Column(Field field);

  Field field;

  size_t size() const { return rows_; }
  bool missing(size_t row) const;
  size_t missing_count() const;

  /// The value of a scalar number or boolean (0 or 1) as a double; NaN where it is missing. Whole
  /// numbers beyond 2^53 are rounded. Undefined for text and arrays.
  double number(size_t row) const;
  /// The characters of a text cell; empty where it is missing. Valid until the column changes.
  std::string_view text(size_t row) const;
  /// The values of a cell of C++ type T = uint8_t (boolean, byte, text), int16_t, int32_t, int64_t,
  /// float or double, which must be the column's.
  template <class T>
  std::span<const T> cell(size_t row) const {
    const auto& values = std::get<std::vector<T>>(values_);
    return std::span<const T>(values).subspan(begin(row), end(row) - begin(row));
  }
  /// Values in a cell.
  size_t cell_count(size_t row) const { return end(row) - begin(row); }
  /// All values in one piece; see cell().
  template <class T>
  std::span<const T> values() const {
    return std::get<std::vector<T>>(values_);
  }

  /// Adds a cell with these values; as many as the field says, where it fixes a number.
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
  /// Adds `rows` cells of a fixed number of values at once: `fill(std::span<T>)` writes all their
  /// values. None is flagged as missing: floats mark themselves, for others see mark_missing().
  template <class T, class Fill>
  void append_cells(size_t rows, Fill&& fill) {
    auto& values = std::get<std::vector<T>>(values_);
    const size_t begin = values.size();
    values.resize(begin + rows * fixed_);
    fill(std::span<T>(values).subspan(begin));
    rows_ += rows;
    if (!missing_.empty()) missing_.resize(rows_, 0);
  }
  /// Flags a cell of whole numbers or booleans as missing and puts zeros in its place.
  void mark_missing(size_t row);
  void append_text(std::string_view text);
  /// Adds a missing cell.
  void append_missing();
  /// Adds a number to a scalar column, converted to its type; NaN adds a missing cell.
  void append_number(double value);
  /// Adds a copy of another column's cell; the columns must have the same type.
  void append_from(const Column& other, size_t row) { append_from(other, row, 1); }
  /// Adds copies of `count` cells from `first` on.
  void append_from(const Column& other, size_t first, size_t count);
  /// In place of a row for append_rows: a missing cell.
  static constexpr size_t no_row = static_cast<size_t>(-1);
  /// Adds copies of these cells of another column of the same type, no_row for a missing one: the
  /// same as append_from and append_missing for each, but a whole column at a time.
  void append_rows(const Column& other, std::span<const size_t> rows);

  void clear();
  /// Takes off the cells from `rows` on.
  void truncate(size_t rows);
  void reserve(size_t rows);

  /// Calls `visit(std::vector<T>&)` with the values in their own type.
  template <class Visitor>
  decltype(auto) visit(Visitor&& visitor) const {
    return std::visit(std::forward<Visitor>(visitor), values_);
  }

 private:
  size_t begin(size_t row) const {
    return fixed_ ? row * fixed_ : (row == 0 ? 0 : static_cast<size_t>(ends_[row - 1]));
  }
  size_t end(size_t row) const {
    return fixed_ ? (row + 1) * fixed_ : static_cast<size_t>(ends_[row]);
  }
  void close_cell(bool is_missing);

  size_t fixed_;  // values in each cell, 0 where it differs
  size_t rows_ = 0;
  std::variant<std::vector<uint8_t>, std::vector<int16_t>, std::vector<int32_t>,
               std::vector<int64_t>, std::vector<float>, std::vector<double>>
      values_;
  std::vector<uint64_t> ends_;    // one past each cell's last value, where the number differs
  std::vector<uint8_t> missing_;  // a flag a row; empty while nothing is flagged
};

}  // namespace uhuru
