// The rows of VOTable's BINARY and BINARY2 serialisations: big-endian values, one after the other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "uhuru/table/table.hpp"

namespace uhuru {

/// How a column's values stand in a VOTable.
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

/// The number that stands for a missing one, as VALUES null declares it.
struct NullMarker {
  std::optional<int64_t> whole;  // of a column of whole numbers
  std::optional<double> real;    // of a column of floats

  template <class T>
  bool is(T value) const {
    if constexpr (std::is_floating_point_v<T>)
      return real && static_cast<double>(value) == *real;
    else
      return whole && static_cast<int64_t>(value) == *whole;
  }
};

/// A VOTable datatype and arraysize. Bits become booleans, a complex number two floats; `field` is
/// the column that it becomes.
struct WireField {
  Wire wire = Wire::float64;
  size_t count = 1;  // values in a cell, 0 where each cell says how many
  NullMarker null;
};

/// Fills type and arraysize of `field` from VOTable's attributes. Throws Error (input) for a
/// datatype that VOTable does not know.
WireField wire_field(std::string_view datatype, std::string_view arraysize, Field& field);

/// Decodes as many whole rows as `bytes` holds into `table` and returns how many bytes they took.
/// `flags`: each row begins with BINARY2's flags of missing values. Throws Error (input) for a cell
/// with more values than max_cell_values.
size_t decode_rows(std::string_view bytes, const std::vector<WireField>& fields, bool flags,
                   Table& table);

/// Appends one row of `table` to `bytes`. Throws Error (input) where BINARY cannot tell a value
/// from a missing one.
void encode_row(const Table& table, size_t row, const std::vector<WireField>& fields, bool flags,
                std::string& bytes);

}  // namespace uhuru
