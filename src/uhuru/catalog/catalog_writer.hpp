// Writes the results of a run as a catalog file.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "uhuru/method/sources.hpp"
#include "uhuru/recipe/labels.hpp"
#include "uhuru/recipe/recipe.hpp"
#include "uhuru/table/table.hpp"
#include "uhuru/tables/tables.hpp"

#pragma GCC visibility push(default)
namespace uhuru::catalog {

/// The results of a run, with the relations between their rows.
struct CatalogContent {
  const recipe::Recipe& recipe;
  const Table& detections;  // as clusters.csv: every clustered detection
  const recipe::LabelledClasses& labels;
  const method::SourceRows& sources;        // of the detections
  const Table& classified;                  // as detection_level_classification.csv
  std::span<const size_t> classified_rows;  // for each of its rows, that in `detections`
  const method::SourceVerdicts& verdicts;   // rows: of `classified`
  const tables::ClassColumns& columns;      // what the model offers
  bool rows_are_sources = false;  // `detections` has a row for each source; they are not known
  std::span<const std::string> absent = {};  // roles of columns of which nothing is known
};

/// Writes an SQLite file with the tables
///   meta        key, value: see write_catalog_meta
///   columns     the columns of the next two: name, type, unit, UCD, description, role
///   sources     one row per named source, in order of name; its detections have the ids from
///               `first_detection` on
///   detections  one row per detection, in order of name and observation; `source` is its source's
///               id
///   source_positions  an R*Tree of the sources' unit vectors, by id
/// Missing values are NULL, as are anomaly columns that the tables lack. Columns with an absent
/// role are NULL and not described. If the rows are sources, there are no detections:
/// `first_detection` is NULL, and the source's own columns say how many there are. The same content
/// gives the same bytes with the same SQLite. Throws Error (input) if `path` is not writable.
void write_catalog_file(const std::string& path, const CatalogContent& content);

/// Adds metadata, keys and values, to a file of write_catalog_file.
void write_catalog_meta(const std::string& path,
                        const std::vector<std::pair<std::string, std::string>>& meta);

}  // namespace uhuru::catalog
#pragma GCC visibility pop
