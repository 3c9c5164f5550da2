// Reads a catalog file: cones, rows, the whole table of sources.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "uhuru/catalog/schema.hpp"
#include "uhuru/catalog/sqlite.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/sky/sphere.hpp"
#include "uhuru/table/table.hpp"

#pragma GCC visibility push(default)
namespace uhuru::catalog {

struct ConeMatch {
  int64_t id;
  double separation_arcsec;
};

/// An open catalog. The file is not modified, and its content is that at the time of opening. Not
/// thread-safe; open one per thread.
class Catalog {
 public:
  /// Throws Error (input) if the file is not a uhuru catalog, is corrupt in its first pages, or has
  /// a later format.
  explicit Catalog(const DatabaseFile& file);

  const std::string& path() const { return file_.path(); }
  const Database& file() const { return file_; }
  /// The columns of the table of sources, in the order of the file.
  const std::vector<CatalogColumn>& columns() const { return columns_; }
  /// The indices of all of them.
  std::vector<size_t> all_columns() const;
  /// The columns of the table "sources" or "detections".
  std::vector<CatalogColumn> columns_of(const std::string& table) const;
  uint64_t source_count() const { return source_count_; }
  /// 0 if the rows of what the catalog was made of stood for sources.
  uint64_t detection_count() const;
  /// Metadata of the catalog, e.g. "recipe"; empty if absent.
  std::string meta(const std::string& key) const;

  /// The sources within `radius_deg` (0…180, inclusive) of a valid `center`, by separation_arcsec:
  /// at most the `most` nearest, nearest first, ties by id. Sources without position are in no
  /// cone. Throws Error (input) if the file is corrupt.
  std::vector<ConeMatch> cone(const sky::SkyPosition& center, double radius_deg, size_t most);
  /// Whether there may be more than `count` sources in a cone; found in time proportional to
  /// `count`.
  bool may_exceed(size_t count, const sky::SkyPosition& center, double radius_deg);

 private:
  Database file_;
  std::vector<CatalogColumn> columns_;
  uint64_t source_count_ = 0;
  std::unique_ptr<Statement> cone_, position_, box_;
};

/// Appends a row to a table: columns 1 … `columns` of the statement's row, as UTF-8.
void append_row(const Statement& row, Table& rows, size_t columns);

/// Reads selected columns of rows of sources. Not thread-safe; its catalog must outlive it.
class CatalogRows {
 public:
  /// `columns`: valid indices into Catalog::columns().
  CatalogRows(const Catalog& catalog, const std::vector<size_t>& columns);

  /// The columns, without rows.
  const Table& header() const { return header_; }
  /// Appends the row of a source to a table whose first columns are the header's. Throws Error
  /// (input) if there is no such source.
  void append(int64_t id, Table& rows);

 private:
  Table header_;
  Statement row_;
};

/// All sources of a catalog in order of name, with all columns, in batches.
std::unique_ptr<io::TableReader> open_sources(const DatabaseFile& file);
/// The same of its detections, in order of name and observation.
std::unique_ptr<io::TableReader> open_detections(const DatabaseFile& file);

/// The recipe in a catalog; without content if it has none, or this version cannot read it.
recipe::Recipe recipe_of(const Catalog& catalog);

}  // namespace uhuru::catalog
#pragma GCC visibility pop
