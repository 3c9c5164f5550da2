// The catalog of a run.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "uhuru/base/threads.hpp"
#include "uhuru/catalog/catalog_writer.hpp"
#include "uhuru/io/output_file.hpp"

#pragma GCC visibility push(default)
namespace uhuru::jobs {

/// The catalog's metadata about the run: version, recipe, method, "simulated" = "yes" for simulated
/// detections, and the record (run.json) without what differs between identical runs, its times and
/// threads, and without the digests of the run's files, of which the catalog is one.
std::vector<std::pair<std::string, std::string>> catalog_meta(nlohmann::ordered_json record,
                                                              const recipe::Recipe& recipe);

struct CatalogOptions {
  std::string folder;  // of a run
  std::string out;     // empty: catalog.sqlite in the folder
  io::Overwrite overwrite = io::Overwrite::no;
};

struct CatalogSummary {
  std::string out;  // path of the catalog
  uint64_t sources = 0, detections = 0, bytes = 0;
};

/// Writes the catalog of a run from the tables in its folder; the same bytes as the run's own.
/// Throws Error: see read_run_folder; Error (usage) if the target exists and may not be replaced.
CatalogSummary make_catalog(const CatalogOptions& options, const Threads& threads);

}  // namespace uhuru::jobs
#pragma GCC visibility pop
