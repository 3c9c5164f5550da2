// The header of a FITS binary table that is written, and what must be known for it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "uhuru/io/fits_columns.hpp"
#include "uhuru/io/fits_text.hpp"
#include "uhuru/table/table.hpp"

namespace uhuru::io {

/// What must be known about the rows written so far of a column.
struct FitsColumnState {
  Field field;
  size_t width = 0;                // bytes in a row
  bool variable = false;           // arrays in the heap
  uint64_t longest = 0;            // of the arrays in the heap
  int64_t marker = 0;              // represents missing integers
  bool marker_used = false;        // and also occurs as a number
  bool missing = false;            // cells, or elements of arrays
  bool missing_elements = false;   // of arrays: the marker is in the cells
  std::vector<bool> missing_rows;  // whole numbers, up to the last missing one
  std::array<bool, 256> used{};    // which of the numbers that could mark missing ones occur
  FitsReplaced replaced;           // characters of the cells

  bool is_text() const { return field.type == Type::text; }
  /// The numbers that could mark missing ones: bytes from 255 down, others from the smallest up.
  int64_t candidate(size_t k) const {
    return field.type == Type::byte ? 255 - static_cast<int64_t>(k)
                                    : smallest_whole(field.type) + static_cast<int64_t>(k);
  }
  void note_used(int64_t value) {
    const uint64_t above = static_cast<uint64_t>(value) - static_cast<uint64_t>(candidate(0));
    const uint64_t k = field.type == Type::byte ? -above : above;
    if (k < used.size()) used[k] = true;
  }
};

struct FitsTableState {
  const Table& header;
  const std::vector<FitsColumnState>& columns;
  uint64_t rows, heap_bytes;
  bool wide;  // places in the heap take 64 bits
};

/// The primary header and that of the table, whose rows take `width` bytes, padded to whole blocks;
/// with blank cards before its end if `least` bytes are more than it needs. Counts in `names` the
/// characters that FITS cannot hold.
std::string fits_table_head(const FitsTableState& table, size_t width, size_t least,
                            FitsReplaced& names);

}  // namespace uhuru::io
