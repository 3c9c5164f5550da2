// Options of the commands that query services.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli.hpp"
#include "uhuru/vo/fetch_counterparts.hpp"
#include "uhuru/vo/fetch_detections.hpp"
#include "uhuru/vo/services.hpp"

namespace uhuru::cli {

/// The note printed when Ctrl-C interrupts a fetch in pieces.
constexpr const char* can_resume = "stopped; run the same command again to resume";

/// For the help.
const vo::Services& built_in_services();

/// --services, --async.
struct ServiceOptions {
  std::string services = "default";
  bool asynchronous = false;

  void add(Command& command);
  /// Runs `work` with a client that notes each retry. Ctrl-C interrupts it cleanly (jobs are
  /// deleted), prints `when_stopped`, and then terminates the program by the same signal.
  static void ask(const vo::Services& services, Terminal& terminal, const std::string& when_stopped,
                  const std::function<void(vo::HttpClient&)>& work);
};

/// --release, --all, --where, --cone, --columns.
struct DetectionOptions {
  vo::DetectionQuery query;
  std::vector<double> cone;

  void add(Command& command);
  vo::DetectionQuery load(const ServiceOptions& service) const;
};

/// --service.
struct MatchServiceOption {
  std::string name = "tap";

  void add(Command& command);
  vo::MatchService load() const {
    return name == "tap" ? vo::MatchService::tap : vo::MatchService::xmatch;
  }
};

/// "queries 16", "pieces fetched earlier 3 of 16".
void add_counts(std::vector<std::string>& items, const vo::FetchCounts& counts);
void print_fetch(Terminal& terminal, const vo::DetectionFetch& fetch);
void print_fetch(Terminal& terminal, const vo::CounterpartFetch& fetch);

}  // namespace uhuru::cli
