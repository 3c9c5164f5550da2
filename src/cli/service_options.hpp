// Options of the commands that ask services.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli.hpp"
#include "uhuru/vo/fetch_counterparts.hpp"
#include "uhuru/vo/fetch_detections.hpp"
#include "uhuru/vo/services.hpp"

namespace uhuru::cli {

/// What Ctrl-C leaves of a fetch in pieces.
constexpr const char* goes_on = "stopped; the same command goes on from here";

/// --services, --async.
struct ServiceOptions {
  std::string services = "default";
  bool asynchronous = false;

  void add(Command& command);
  /// Runs `work` with a client that says why it waits. Ctrl-C breaks it off, in order (a job is
  /// deleted), says `when_stopped`, and then ends the program as it would have at once.
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

/// "asked 16 times", "took up 3 of 16 pieces".
void add_counts(std::vector<std::string>& items, const FetchCounts& counts);
void print_fetch(Terminal& terminal, const DetectionFetch& fetch);
void print_fetch(Terminal& terminal, const CounterpartFetch& fetch);

}  // namespace uhuru::cli
