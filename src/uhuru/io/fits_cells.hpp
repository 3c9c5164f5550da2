// Decodes cells of FITS tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "uhuru/io/fits_columns.hpp"
#include "uhuru/table/column.hpp"

namespace uhuru::io {

/// Cells whose bytes are not a value of the column's type: they count as missing.
struct FitsOddCells {
  uint64_t count = 0;
  uint64_t first_row = 0;  // from 0
  std::string first;
};

/// Appends `rows` cells of `count` values each (for text: bytes), the first one at `bytes` and the
/// next ones `stride` bytes apart. `first_row` is the row of the first cell in the table.
void decode_cells(const FitsColumn& format, const char* bytes, size_t stride, size_t rows,
                  size_t count, uint64_t first_row, Column& column, FitsOddCells& odd);

/// Whether the cells, of a column that may_exceed_long(), have a number beyond 63 bits.
bool exceeds_long(const FitsColumn& format, const char* bytes, size_t stride, size_t rows);

}  // namespace uhuru::io
