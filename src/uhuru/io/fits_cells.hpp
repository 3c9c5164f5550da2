// Cells of a FITS binary table that need none of CFITSIO's conversions, from the bytes of its rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "uhuru/table/column.hpp"

namespace uhuru {

/// Where a column's plain cells stand: numbers, logicals or texts as they are.
struct PlainCells {
  size_t offset = 0;            // in a row
  size_t width = 0;             // of a text
  std::optional<int64_t> null;  // marks a missing whole number
};

/// Adds the cells of `rows` rows, of which the first begins at `bytes` and one `stride` bytes
/// behind the other. Texts end at a NUL and lose trailing blanks; a logical that is neither T nor F
/// is missing.
void decode_cells(const char* bytes, size_t stride, size_t rows, const PlainCells& cells,
                  Column& column);

}  // namespace uhuru
