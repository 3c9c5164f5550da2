// Columns of all sources of a catalog in memory, for filters and sums over a million of them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/catalog/database_file.hpp"
#include "uhuru/catalog/schema.hpp"

#pragma GCC visibility push(default)
namespace uhuru::catalog {

/// Smallest and largest finite number, the smallest above 0, and the number of missing values; NaN
/// if undefined.
struct NumberRange {
  double least, most, least_positive;
  size_t missing;
};
NumberRange range_of(std::span<const double> numbers);

/// A column of all sources: numbers, or texts as codes into a list of distinct values.
struct StoredColumn {
  static constexpr uint16_t no_value = 65535;

  CatalogColumn column;
  std::vector<double> numbers;      // NaN if missing; empty for texts
  NumberRange range{};              // of the numbers
  std::vector<uint16_t> codes;      // no_value if missing; empty for numbers
  std::vector<std::string> values;  // the texts, sorted by bytes

  bool is_text() const { return column.field.type == Type::text; }
  /// The code of a text; no_value if no source has it.
  uint16_t code_of(std::string_view text) const;
  /// The text of a code; empty for no_value.
  std::string_view value_of(uint16_t code) const {
    return code < values.size() ? std::string_view(values[code]) : std::string_view();
  }
};

/// The data of a catalog needed by filters, by source: element i belongs to the source with id i +
/// 1.
///
/// Contains all columns except names, texts with more than `most_values` distinct values, and means
/// and deviations of probabilities, which are only shown on a source's own page. Thread-safe.
class ColumnStore {
 public:
  static constexpr size_t most_values = 4096;

  /// Throws Error (input): see Catalog; also if ids are not 1…N.
  ColumnStore(const DatabaseFile& file, const Threads& threads);

  size_t size() const { return size_; }
  const std::vector<StoredColumn>& columns() const { return columns_; }
  /// By its name on the pages, else by that in tables; nullptr if not held.
  const StoredColumn* find(std::string_view name) const;
  /// Throws Error (input) with the nearest names if not held.
  const StoredColumn& at(std::string_view name) const;
  /// The column with this role, e.g. "ra"; nullptr if there is none.
  const StoredColumn* of_role(std::string_view role) const;

  /// Directions of the sources as unit vectors, one array per axis; NaN without a position.
  const std::array<std::vector<double>, 3>& directions() const { return directions_; }

 private:
  void read(const DatabaseFile& file, const Threads& threads);
  void make_directions(const Threads& threads);

  size_t size_ = 0;
  std::vector<StoredColumn> columns_;
  std::array<std::vector<double>, 3> directions_;
};

}  // namespace uhuru::catalog
#pragma GCC visibility pop
