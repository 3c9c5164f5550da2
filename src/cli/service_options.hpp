// Options of the commands that ask services.
#pragma once

#include <string>
#include <vector>

#include "cli.hpp"
#include "uhuru/vo/fetch_counterparts.hpp"
#include "uhuru/vo/fetch_detections.hpp"
#include "uhuru/vo/services.hpp"

namespace uhuru::cli {

/// --services, --async.
struct ServiceOptions {
  std::string services = "default";
  bool asynchronous = false;

  void add(CLI::App& command);
  /// A client that says why it waits.
  static HttpClient client(const Services& services, Terminal& terminal);
};

/// --release, --all, --where, --cone, --columns.
struct DetectionOptions {
  DetectionQuery query;
  std::vector<double> cone;

  void add(CLI::App& command);
  DetectionQuery load(const ServiceOptions& service) const;
};

/// --service.
struct MatchServiceOption {
  std::string name = "tap";

  void add(CLI::App& command);
  MatchService load() const { return name == "tap" ? MatchService::tap : MatchService::xmatch; }
};

/// "asked 16 times", "took up 3 of 16 pieces".
void add_counts(std::vector<std::string>& items, const FetchCounts& counts);
void print_fetch(Terminal& terminal, const DetectionFetch& fetch);
void print_fetch(Terminal& terminal, const CounterpartFetch& fetch);

}  // namespace uhuru::cli
