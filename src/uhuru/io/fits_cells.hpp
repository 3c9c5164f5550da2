// Decodes cells of a FITS binary table that need no conversion by CFITSIO, from the bytes of its
// rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "uhuru/table/column.hpp"

namespace uhuru {

/// The location of a column's plain cells: unconverted numbers, logicals or text.
struct PlainCells {
  size_t offset = 0;            // within a row
  size_t width = 0;             // of a text
  std::optional<int64_t> null;  // marks a missing integer
};

/// Appends the cells of `rows` rows, the first at `bytes` and the others at intervals of `stride`
/// bytes. Text ends at a NUL and loses trailing blanks; a logical other than T or F is missing.
void decode_cells(const char* bytes, size_t stride, size_t rows, const PlainCells& cells,
                  Column& column);

}  // namespace uhuru
