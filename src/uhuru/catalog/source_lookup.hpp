// Individual sources of a catalog: by name, with their detections.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "uhuru/catalog/catalog.hpp"

#pragma GCC visibility push(default)
namespace uhuru::catalog {

/// Finds sources by name and reads their data. Not thread-safe.
class SourceLookup {
 public:
  /// Throws Error (input): see Catalog.
  explicit SourceLookup(const DatabaseFile& file);

  Catalog& catalog() { return catalog_; }
  const Catalog& catalog() const { return catalog_; }
  /// The columns of the table of detections, in the order of the file.
  const std::vector<CatalogColumn>& detection_columns() const { return detection_columns_; }
  uint64_t detection_count() const { return detection_count_; }

  /// The source with this name, ignoring the case of ASCII letters; an exact match is preferred.
  std::optional<int64_t> find(const std::string& name);
  /// Ids of the first `most` names that begin with `prefix`, case-insensitive, in order of name.
  std::vector<int64_t> with_prefix(const std::string& prefix, size_t most);
  /// All columns of a source, in one row, as Catalog::columns(). Throws Error (input) if there is
  /// no such source.
  Table source(int64_t id);
  /// The detections of a source, as detection_columns(), in order of observation; at most `most`.
  Table detections(int64_t id, size_t most);

 private:
  Catalog catalog_;
  std::vector<CatalogColumn> detection_columns_;
  uint64_t detection_count_ = 0;
  CatalogRows rows_;
  Table detection_header_;
  std::unique_ptr<Statement> find_, prefix_, detections_;
};

}  // namespace uhuru::catalog
#pragma GCC visibility pop
