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

/// Where a source stands in that order: its index, and the sources before and after it, if any.
struct PlaceInOrder {
  size_t offset = 0;
  std::optional<size_t> before = {}, after = {};
};
/// Empty if the source is not selected. Takes one pass, without sorting. Thread-safe.
std::optional<PlaceInOrder> place_of(const Selection& selection, const StoredColumn* by,
                                     bool descending, size_t source);

/// How many numbers of a column are below one of them, and equal to it, itself included.
struct Rank {
  size_t below = 0, equal = 0, numbers = 0;
  /// The percentage below, half of the equal ones counted: 50 if all are equal.
  double percentile() const {
    return 100 * (static_cast<double>(below) + static_cast<double>(equal) / 2) /
           static_cast<double>(numbers);
  }
};
/// Among all sources, and among those like it.
struct Ranks {
  Rank all, alike;
};
/// The ranks of a source's number in a numeric column; sources are alike if they have the same text
/// in the column `among`. Empty if the number is missing. Thread-safe.
std::optional<Ranks> ranks_of(const StoredColumn& numbers, const StoredColumn& among,
                              size_t source);

}  // namespace uhuru::catalog
#pragma GCC visibility pop
