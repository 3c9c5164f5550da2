// The catalog of a run, or of other results.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "uhuru/base/threads.hpp"
#include "uhuru/catalog/catalog_writer.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/io/pending_path.hpp"
#include "uhuru/tables/results.hpp"

#pragma GCC visibility push(default)
namespace uhuru::jobs {

/// The catalog's metadata about the run: version, recipe, method, "simulated" = "yes" for simulated
/// detections, and the record (run.json) without what differs between identical runs, its times and
/// threads, and without the digests of the run's files, of which the catalog is one.
std::vector<std::pair<std::string, std::string>> catalog_meta(nlohmann::ordered_json record,
                                                              const recipe::Recipe& recipe);

struct CatalogOptions {
  std::string results;   // a folder or a table, see find_results
  std::string out = {};  // empty: catalog.sqlite in the folder, or TABLE.sqlite beside the table
  io::Overwrite overwrite = io::Overwrite::no;
  tables::TableOptions table = {};
};

struct CatalogSummary {
  std::string out;  // path of the catalog
  uint64_t sources = 0, detections = 0, bytes = 0;
  std::vector<std::string> notes;  // see RunFolder
};

/// Writes the catalog of results from their tables; for a run, the same bytes as its own. Throws
/// Error: see find_results and read_results; Error (usage) if the target exists and may not be
/// replaced, or if standard input needs a name for it.
CatalogSummary make_catalog(const CatalogOptions& options, const Threads& threads);

/// A catalog to serve.
struct ServedCatalog {
  std::string catalog;                          // the path of its file
  std::string model;                            // of a model file that classified it; may be empty
  std::string title;                            // the name of the folder or table
  std::unique_ptr<io::TemporaryFolder> folder;  // that holds the file, if it was made here
  std::vector<std::string> notes;               // what was made, and how to keep it
};

/// Finds the catalog of results, or makes one in a temporary folder: nothing is written beside the
/// results. The catalog in a folder that is no run's is taken if it was made from the tables that
/// the folder has now. Throws Error: see find_results and read_results.
ServedCatalog find_or_make_catalog(const std::string& path, const tables::TableOptions& table,
                                   const Threads& threads);

}  // namespace uhuru::jobs
#pragma GCC visibility pop
