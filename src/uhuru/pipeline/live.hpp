// What a run needs, from the archives' services.
#pragma once

#include <optional>

#include "uhuru/pipeline/run.hpp"
#include "uhuru/vo/fetch_counterparts.hpp"
#include "uhuru/vo/fetch_detections.hpp"

namespace uhuru {

struct LiveOptions {
  DetectionQuery detections;
  MatchService match = MatchService::tap;
  bool asynchronous = false;
  bool restart = false;  // fetch also what an earlier run fetched into this folder
};

struct LiveFetch {
  std::optional<DetectionFetch> detections;
  std::optional<CounterpartFetch> counterparts;
};

/// Fetches the tables that `run` does not name into its folder, detections.vot and
/// counterparts.vot, and names them there. Labels are then joined by name. What is there from the
/// same request is taken as it is; what was interrupted goes on.
///
/// Throws Error as fetch_detections and fetch_counterparts, and (usage) where the folder holds a
/// run that may not be replaced.
LiveFetch fetch_live(HttpClient& http, const Services& services, const LiveOptions& options,
                     const Recipe& recipe, RunOptions& run, const Threads& threads,
                     const Progress& progress = {});

}  // namespace uhuru
