// The catalog of a run.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "uhuru/base/threads.hpp"
#include "uhuru/catalog/catalog_writer.hpp"
#include "uhuru/io/output_file.hpp"

namespace uhuru {

/// What the catalog says of the run: version, recipe, method, "simulated" = "yes" where it is of
/// simulated detections, and the record (run.json) without what differs from one run to the next,
/// its times and threads.
std::vector<std::pair<std::string, std::string>> catalog_meta(nlohmann::ordered_json record,
                                                              const Recipe& recipe);

struct CatalogOptions {
  std::string folder;  // of a run
  std::string out;     // empty: catalog.sqlite in the folder
  Overwrite overwrite = Overwrite::no;
};

struct CatalogSummary {
  std::string out;  // where it is
  uint64_t sources = 0, detections = 0, bytes = 0;
};

/// Makes the catalog of a run from the tables in its folder; the same bytes as the run's own.
/// Throws Error: see read_run_folder; Error (usage) where the target exists and may not be
/// replaced.
CatalogSummary make_catalog(const CatalogOptions& options, const Threads& threads);

}  // namespace uhuru
