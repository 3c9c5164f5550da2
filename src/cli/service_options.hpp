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

/// --services, --async.
struct ServiceOptions {
  std::string services = "default";
  bool asynchronous = false;

  void add(Command& command);
  /// Runs `work` with a client that notes each retry. Ctrl-C interrupts it cleanly (jobs are
  /// deleted), prints `when_stopped`, and then terminates the program by the same signal.
  static void ask(const Services& services, Terminal& terminal, const std::string& when_stopped,
                  const std::function<void(HttpClient&)>& work);
};

/// --release, --all, --where, --cone, --columns.
struct DetectionOptions {
  DetectionQuery query;
  std::vector<double> cone;

  void add(Command& command);
  DetectionQuery load(const ServiceOptions& service) const;
};

/// --service.
struct MatchServiceOption {
  std::string name = "tap";

  void add(Command& command);
  MatchService load() const { return name == "tap" ? MatchService::tap : MatchService::xmatch; }
};

/// "queries 16", "pieces fetched earlier 3 of 16".
void add_counts(std::vector<std::string>& items, const FetchCounts& counts);
void print_fetch(Terminal& terminal, const DetectionFetch& fetch);
void print_fetch(Terminal& terminal, const CounterpartFetch& fetch);

}  // namespace uhuru::cli
