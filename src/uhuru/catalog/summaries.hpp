// Counts, histograms and pages of a selection of sources.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "uhuru/catalog/column_store.hpp"
#include "uhuru/catalog/selection.hpp"

#pragma GCC visibility push(default)
namespace uhuru::catalog {

struct ValueCount {
  uint16_t code;  // of the column; StoredColumn::no_value for missing
  size_t count;
};

/// The number of selected sources for each value of a text column, the most frequent first, ties in
/// order of the value, missing last among ties. Thread-safe.
std::vector<ValueCount> count_values(const StoredColumn& column, const Selection& selection);

struct Histogram {
  std::vector<double>
      edges;           // one more than bins; a bin includes its lower edge, the last one both
  size_t missing = 0;  // also infinite numbers, and with log those without a logarithm
  struct Series {
    uint16_t code = StoredColumn::no_value;
    std::vector<size_t> counts;
  };
  std::vector<Series> series;  // of values that occur, in order of code; one without `by`
};

/// The histogram of a numeric column over the selected sources, in `bins` (at least 1) bins of
/// equal width from the smallest to the largest number of all sources, or of its logarithm; one for
/// each value of the text column `by` if given. Without any numbers there are no edges.
/// Thread-safe.
Histogram make_histogram(const StoredColumn& numbers, bool log, size_t bins, const StoredColumn* by,
                         const Selection& selection);

/// The sources at indices `offset` … `offset + limit` of a selection sorted by a column (nullptr:
/// by name), ties in order of name; missing values are last in either direction. Thread-safe.
std::vector<size_t> page_of(const Selection& selection, const StoredColumn* by, bool descending,
                            size_t offset, size_t limit);

}  // namespace uhuru::catalog
#pragma GCC visibility pop
