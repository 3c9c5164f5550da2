#include "service_options.hpp"

#include <fmt/format.h>

#include <cmath>
#include <csignal>
#include <cstdio>

#include "interrupts.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru::cli {

const vo::Services& built_in_services() {
  static const vo::Services services = vo::load_services("default");
  return services;
}

void ServiceOptions::add(Command& command) {
  command
      .option("--services", services,
              "TOML file of services, queries and timeouts; see uhuru fetch services")
      .show_default()
      .type_name("FILE");
  command.flag("--async", asynchronous, "Use asynchronous jobs, for long-running queries");
}

void ServiceOptions::ask(const vo::Services& services, Terminal& terminal,
                         const std::string& when_stopped,
                         const std::function<void(vo::HttpClient&)>& work) {
  vo::HttpSettings settings = services.http;
  settings.stop = [&terminal] {
    terminal.refresh_progress();
    return Interrupts::stop();
  };
  {
    const Interrupts interrupts;
    vo::HttpClient http(settings, [&terminal](const Error& error, double pause_s) {
      terminal.note(fmt::format("{}; retrying in {:.0f} s", error.what(), std::ceil(pause_s)));
    });
    try {
      work(http);
    } catch (const Error&) {
      if (!Interrupts::received()) throw;
      terminal.note(when_stopped);
    }
  }
  if (Interrupts::received()) {
    std::fflush(stdout);
    std::raise(Interrupts::received());
  }
}

void DetectionOptions::add(Command& command) {
  command.option("--release", query.release, "Catalog release: 2.0, 2.1 or current")
      .show_default()
      .type_name("RELEASE");
  command.option("--where", query.where, "Additional ADQL condition, e.g. \"o.theta < 5\"")
      .type_name("ADQL");
  command.flag("--all", query.all,
               "Include faint detections and those without a spectrum, which the method excludes");
  command.option("--cone", cone, "Only sources within RADIUS of a position; all in degrees")
      .expected(3)
      .type_name("RA DEC RADIUS");
  command
      .option("--columns", query.columns,
              "Columns to fetch in addition to name, observation and position (default: those that "
              "the method uses)")
      .delimiter(',')
      .type_name("NAME,...");
}

vo::DetectionQuery DetectionOptions::load(const ServiceOptions& service) const {
  vo::DetectionQuery result = query;
  if (!cone.empty()) result.cone = vo::Cone{{cone[0], cone[1]}, cone[2]};
  result.asynchronous = service.asynchronous;
  return result;
}

void MatchServiceOption::add(Command& command) {
  command.option("--service", name, "Service to query: tap, or xmatch (CDS X-Match)")
      .one_of({"tap", "xmatch"})
      .show_default()
      .type_name("WHICH");
}

void add_counts(std::vector<std::string>& items, const vo::FetchCounts& counts) {
  items.push_back(fmt::format("queries {}", with_commas(counts.queries)));
  if (counts.pieces_earlier)
    items.push_back(fmt::format("pieces fetched earlier {} of {}",
                                with_commas(counts.pieces_earlier), with_commas(counts.pieces)));
}

void print_fetch(Terminal& terminal, const vo::DetectionFetch& fetch) {
  std::vector<std::string> items;
  if (fetch.reused) {
    items.push_back("already fetched");
  } else {
    items.push_back("rows " + with_commas(fetch.rows));
    add_count(items, "outside the cone", fetch.outside);
    add_counts(items, fetch.counts);
  }
  items.push_back("release " + fetch.release);
  terminal.say_items("detections  ", items);
  terminal.notes(fetch.counts.notes);
}

void print_fetch(Terminal& terminal, const vo::CounterpartFetch& fetch) {
  std::vector<std::string> items;
  if (fetch.reused) {
    items.push_back("already fetched");
  } else {
    items.push_back("positions " + with_commas(fetch.positions));
    items.push_back("objects " + with_commas(fetch.objects));
    items.push_back("matched rows " + with_commas(fetch.match.matched));
    add_count(items, "unmatched", fetch.match.left - fetch.match.matched);
    add_count(items, "without position", fetch.match.without_position);
    add_counts(items, fetch.counts);
  }
  terminal.say_items("counterparts  ", items);
  terminal.notes(fetch.counts.notes);
  terminal.notes(fetch.match.notes);
}

}  // namespace uhuru::cli
