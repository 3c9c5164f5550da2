// The rows of VOTable's BINARY and BINARY2 serialisations: consecutive big-endian values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "uhuru/io/reader_notes.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru::io {

/// How the values of a column are represented in a VOTable.
enum class Wire {
  boolean,
  bit,
  byte,
  int16,
  int32,
  int64,
  character,
  unicode,
  float32,
  float64,
  complex64,
  complex128
};

/// The number that represents a missing value, as declared by VALUES null.
struct NullMarker {
  std::optional<int64_t> whole;  // for an integer column
  std::optional<double> real;    // for a float column

  template <class T>
  bool is(T value) const {
    if constexpr (std::is_floating_point_v<T>)
      return real && static_cast<double>(value) == *real;
    else
      return whole && static_cast<int64_t>(value) == *whole;
  }
};

/// A VOTable datatype and arraysize. Bits become booleans, complex numbers two floats; `field` is
/// the resulting column.
struct WireField {
  Wire wire = Wire::float64;
  size_t count = 1;  // values per cell, 0 if each cell has a count
  NullMarker null;
};

bool is_votable_datatype(std::string_view datatype);
/// VOTable's datatype for one that some archives write, such as "string" or "unsignedShort", as in
/// astropy, or "Double"; empty if there is none. `same_bytes`: whether both take the same space in
/// BINARY.
struct DatatypeAlias {
  std::string_view datatype;
  bool same_bytes = true;
};
DatatypeAlias datatype_alias(std::string_view datatype);

/// Sets type and arraysize of `field` from the VOTable attributes. Throws Error (input) for an
/// unknown datatype or an unreadable arraysize.
WireField wire_field(std::string_view datatype, std::string_view arraysize, Field& field);

/// Decodes all whole rows in `bytes` into `table` and returns the number of bytes consumed.
/// `flags`: each row begins with BINARY2's missing-value flags; `row`: the number of the first row,
/// for `notes`, which get the cells that are not values of their column and count as missing.
/// Throws Error (input) for a cell with more than max_cell_values values.
size_t decode_rows(std::string_view bytes, const std::vector<WireField>& fields, bool flags,
                   uint64_t row, Table& table, ReaderNotes& notes);

/// Appends one row of `table` to `bytes`. Throws Error (input) if BINARY cannot distinguish a value
/// from a missing value.
void encode_row(const Table& table, size_t row, const std::vector<WireField>& fields, bool flags,
                std::string& bytes);

}  // namespace uhuru::io
