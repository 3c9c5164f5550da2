// The columns of a FITS table: where their cells are, and how their bytes become values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "uhuru/io/fits_header.hpp"
#include "uhuru/io/reader_notes.hpp"
#include "uhuru/table/field.hpp"

namespace uhuru::io {

constexpr size_t max_fits_columns = 999;

/// How the numbers of a column are scaled (TSCAL, TZERO).
enum class FitsScaling {
  none,
  whole,          // whole numbers that remain whole, in a wider type
  real,           // to double precision
  unsigned_long,  // 64 bits without sign
};

/// A column. Its field's type is that of the values after scaling.
struct FitsColumn {
  Field field;
  bool ascii = false;     // of an ASCII table
  char code = 'D';        // TFORM's letter; of the elements, if their number varies
  size_t offset = 0;      // in the row
  size_t width = 0;       // bytes in the row
  size_t repeat = 1;      // values per cell, for text: bytes; 0 if their number varies
  bool variable = false;  // the row has a descriptor of an array in the heap,
  bool wide = false;      // of 64 bits (Q) instead of 32 (P)
  size_t string = 0;      // bytes of each string in an array of strings
  int decimals = 0;       // of an ASCII number without decimal point
  FitsScaling scaling = FitsScaling::none;
  double scale = 1, zero = 0;
  std::optional<int64_t> null;           // the stored number that marks a missing value
  std::optional<std::string> null_text;  // the same in an ASCII table

  bool is_complex() const { return code == 'C' || code == 'M'; }
  /// Bytes of an array of this many values in the heap.
  uint64_t bytes_of(uint64_t count) const;
  /// Whole numbers that may need more than 63 bits, so that the values decide about the type.
  bool may_exceed_long() const;
  /// Makes it a column of text: the digits of numbers beyond 63 bits.
  void become_text();
};

/// The columns that a table's header describes; `width` is that of a row. What is ignored is said
/// in `notes`. Throws Error (input), which names the keyword or the column, if the header is not
/// valid.
std::vector<FitsColumn> fits_columns(const FitsHeader& header, size_t width, ReaderNotes& notes);

/// The TDISP of a column with this width and precision: "8" and "3" -> F8.3; empty if there is
/// none.
std::string fits_display(const Field& field);

}  // namespace uhuru::io
