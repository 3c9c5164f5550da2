// Fetches the input of a run from the archives.
#pragma once

#include <optional>

#include "uhuru/jobs/run.hpp"
#include "uhuru/vo/fetch_counterparts.hpp"
#include "uhuru/vo/fetch_detections.hpp"

#pragma GCC visibility push(default)
namespace uhuru::jobs {

struct LiveOptions {
  vo::DetectionQuery detections;
  vo::MatchService match = vo::MatchService::tap;
  bool asynchronous = false;
  bool restart = false;  // refetch what an earlier run fetched to this folder
};

struct LiveFetch {
  std::optional<vo::DetectionFetch> detections;
  std::optional<vo::CounterpartFetch> counterparts;
};

/// Fetches the tables that `run` does not name to its folder, as detections.vot and
/// counterparts.vot, and sets their names in `run`. Labels are then joined by name. An existing
/// table from the same request is reused; an interrupted fetch is resumed.
///
/// Throws Error as fetch_detections and fetch_counterparts, and (usage) if the recipe does not name
/// the services, or if the folder contains a run that may not be replaced.
LiveFetch fetch_live(vo::HttpClient& http, const vo::Services& services, const LiveOptions& options,
                     const recipe::Recipe& recipe, RunOptions& run, const Threads& threads,
                     const Progress& progress = {});

}  // namespace uhuru::jobs
#pragma GCC visibility pop
