// Catalogs for others to publish: a resource of GAVO DaCHS, a coverage map.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/tables/results.hpp"

#pragma GCC visibility push(default)
namespace uhuru::jobs {

struct DachsOptions {
  std::string results;  // a catalog, a folder or a table, see find_or_make_catalog
  std::string out;      // a folder
  io::Overwrite overwrite = io::Overwrite::no;
  tables::TableOptions table = {};
  std::string schema = {};   // of the database; empty: from the name of the results
  std::string title = {};    // empty: from the name of the results
  std::string creator = {};  // "Last, F.; Last, F."; empty: left to the site
  int64_t now = 0;           // when the resource is made, seconds since 1970
};

struct DachsSummary {
  std::string schema;
  uint64_t sources = 0, detections = 0;
  std::vector<std::string> notes;
};

/// Writes a resource of GAVO DaCHS: q.rd, README.md, sources.fits and, if there are detections,
/// detections.fits. Names of columns become those of ADQL, see adql_name; the description of a
/// column tells its other name. The same bytes for the same results and time. Throws Error as
/// find_or_make_catalog; (usage) if the folder has one of the files and it may not be replaced, or
/// the schema needs quotes or is one of DaCHS itself; (input) if a table has too many columns for
/// FITS.
DachsSummary export_dachs(const DachsOptions& options, const Threads& threads);

struct MocOptions {
  std::string results;  // as above
  std::string out;      // its ending says the format: .fits, .txt (ASCII) or .json
  io::Overwrite overwrite = io::Overwrite::no;
  tables::TableOptions table = {};
  int order = 8;  // 0…29
};

struct MocSummary {
  uint64_t sources = 0;     // with a position
  double sky_fraction = 0;  // that the map covers, 0…1
  std::vector<std::string> notes;
};

/// Writes the coverage map of the sources' positions: the HEALPix pixels of an order that contain
/// one. Throws Error as find_or_make_catalog and make_moc; (usage) for another ending, or if the
/// file exists and may not be replaced; (input) if the catalog has no positions.
MocSummary export_moc(const MocOptions& options, const Threads& threads);

}  // namespace uhuru::jobs
#pragma GCC visibility pop
