// What the columns of an unknown table are, guessed from their names, UCDs and values.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "uhuru/recipe/column_profile.hpp"
#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::recipe {

/// The places of columns; empty if none looks like it.
struct ColumnRoles {
  static constexpr size_t most_classes = 30;  // in a column of labels

  std::optional<size_t> source;       // the name of the source
  std::optional<size_t> observation;  // only if names repeat
  std::optional<size_t> ra, dec;      // both or none
  std::optional<size_t> label;
};

/// `label_column`: the name of the column of labels, or "" to look for one. Thread-safe.
ColumnRoles find_roles(std::span<const ColumnProfile> columns, const std::string& label_column);

/// Profiles of the columns of a table, before the first batch.
std::vector<ColumnProfile> profiles(const Table& header);

}  // namespace uhuru::recipe
#pragma GCC visibility pop
