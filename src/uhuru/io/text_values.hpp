// The values of cells of text: numbers, marks of missing values, arrays.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "uhuru/table/table.hpp"

namespace uhuru::io {

/// What a cell that is no value says in a column of numbers.
enum class CellMark : uint8_t {
  none,   // it is a value
  usual,  // missing: an empty cell, NaN, null
  other,  // missing, as other programs write it: --, n/a, None
};
CellMark mark_of(std::string_view cell);

/// Parses the whole of `cell`, trimmed, as a number, also with the exponent of Fortran: 1.0D+03.
/// Empty if it is none.
std::optional<double> parse_real(std::string_view cell);

/// How the cells of a column of text are written, and what is known about it.
struct TextColumn {
  enum class Cells : uint8_t {
    plain,
    complex,  // (1+2j), as an array of two floats
    json,     // [1,2], an array
  };

  Field field;
  bool declared = false;  // field.type is declared: it is kept if all cells are of it
  Cells cells = Cells::plain;
  std::string null_mark;  // a cell that means missing
};

/// What the cells of a column have in common, the cells in any order.
class ColumnGuess {
 public:
  ColumnGuess() = default;
  /// For a column whose type may be declared.
  explicit ColumnGuess(const TextColumn& column);

  /// Examines the cell at `at`, in a line without quotes; returns its end.
  const char* look(const char* at, const char* end, char delimiter);
  void look(std::string_view cell);
  /// Merges the properties of other cells.
  void add(const ColumnGuess& other);

  /// The type without a declaration. Numbers with leading zeros are identifiers, and whole numbers
  /// beyond 64 bits, or that a column of doubles would round, stay exact: all are text.
  Type type() const;
  /// Whether all cells are of this type.
  bool is(Type type) const;
  /// Whether the column is text although all cells are numbers or missing.
  bool is_identifier() const { return any_ && (whole_ || real_) && type() == Type::text; }
  bool is_unicode() const { return unicode_; }

 private:
  void look_for_unicode(std::string_view cell);

  bool any_ = false;     // a cell with a value
  bool marked_ = false;  // a cell "NaN" or "null"
  bool boolean_ = true, integer_ = true, real_ = true;
  bool whole_ = true;     // whole numbers of any size
  bool inexact_ = false;  // a whole number that a double cannot hold
  bool leading_zero_ = false;
  bool unicode_ = false;
};

/// Whether a cell was stored.
enum class Stored : uint8_t { no, yes, as_missing };

/// Appends a cell to a column; `no` if it is no value of its type, `as_missing` for
/// CellMark::other. `marks_are_missing`: also in a column of text, which then has identifiers.
Stored store_text_cell(Column& column, TextColumn::Cells cells, bool marks_are_missing,
                       std::string_view cell);

}  // namespace uhuru::io
