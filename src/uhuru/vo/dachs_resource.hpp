// A catalog as a resource of GAVO DaCHS, which publishes tables by TAP and cone search.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "uhuru/recipe/recipe.hpp"
#include "uhuru/sky/sphere.hpp"
#include "uhuru/table/field.hpp"

#pragma GCC visibility push(default)
namespace uhuru::vo {

struct DachsColumn {
  Field field;       // named as in the database and in the FITS file; int64, float64 or text
  std::string role;  // see CatalogColumn
  int verbosity = 3;
};

/// A table of the resource; its rows are in NAME.fits, where missing integers are the smallest of
/// 64 bits and missing texts are empty.
struct DachsTable {
  std::string name, description;
  std::vector<DachsColumn> columns;

  /// The name of the first column with this role, or "".
  std::string of_role(std::string_view role) const;
};

struct DachsResource {
  std::string schema, title, description;
  std::string creator;     // "Last, F.; Last, F."; empty: that of the site
  std::string created;     // "2026-11-29T17:06:50Z"
  std::string provenance;  // how the classes were made
  std::vector<recipe::Citation> citations;
  DachsTable sources;
  std::optional<DachsTable> detections;
  std::optional<sky::SkyPosition> example;  // of a source; nothing without positions
  std::string coverage;                     // of the sources, see moc_ascii
};

/// The resource descriptor, q.rd: the tables, how to import them from their files in the same
/// folder, a cone search if there are positions, and a STREAM of examples for TAP. The columns with
/// the roles ra and dec must have the UCDs pos.eq.ra;meta.main and pos.eq.dec;meta.main, and no
/// others. Thread-safe. Source: the reference documentation of DaCHS 2.7 and 2.11.
std::string dachs_descriptor(const DachsResource& resource);

/// How to import it, README.md. Thread-safe.
std::string dachs_readme(const DachsResource& resource);

}  // namespace uhuru::vo
#pragma GCC visibility pop
