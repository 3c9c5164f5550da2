#include <fmt/format.h>

#include <memory>

#include "service_options.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/named_text.hpp"
#include "uhuru/vo/fetch_counterparts.hpp"
#include "uhuru/vo/fetch_detections.hpp"

namespace uhuru::cli {
namespace {

struct TapOptions {
  ServiceOptions service;
  OutputOptions output;
  std::string url, query;
  std::vector<std::string> uploads;
  std::optional<uint64_t> max_rows;
};

/// NAME=FILE as a table for the service.
TapUpload upload(const std::string& text, const Threads& threads) {
  const size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  const bool usable =
      equals != std::string::npos && !name.empty() &&
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
          std::string::npos;
  if (!usable)
    throw Error(ErrorKind::usage, "unusable upload", "--upload",
                "NAME=FILE, the name of letters, digits and _", in_quotes(text));
  return {name, votable_text(read_table(text.substr(equals + 1), threads))};
}

void fetch_tap(Context& context, const TapOptions& options) {
  Terminal& terminal = context.terminal;
  const WriteOptions write = options.output.write(context);
  terminal.output_is_table = options.output.path == "-";
  check_target(options.output.path, write);
  const Services services = load_services(options.service.services);
  const Threads threads = context.make_threads();
  TapQuery query{options.query, {}, options.max_rows, options.service.asynchronous};
  if (query.adql.starts_with('@')) query.adql = load_text(query.adql.substr(1), "query");
  for (const std::string& text : options.uploads) query.uploads.push_back(upload(text, threads));
  const Progress progress = terminal.progress();
  std::unique_ptr<ServiceTable> answer;
  ServiceOptions::ask(services, terminal, "stopped", [&](HttpClient& http) {
    answer = query_tap(http, options.url, query, services.tap, threads, progress);
  });
  // A reader of standard output must not take a part for the whole: read all, then write.
  const Table table = read_table(*answer);
  const bool as_asked = options.max_rows && table.rows() >= *options.max_rows;
  if (answer->overflow() && !as_asked)
    throw Error(ErrorKind::service, "the service left out rows", options.url,
                "the whole table; ask for more with --maxrec, or for less with another query",
                with_commas(table.rows()) + " rows and OVERFLOW");
  write_table(options.output.path, table, write);
  std::vector<std::string> items = {"rows " + with_commas(table.rows()),
                                    fmt::format("columns {}", table.columns.size())};
  if (answer->overflow()) items.push_back("there are more than --maxrec");
  terminal.say_items("", items);
}

void add_fetch_tap(Command& fetch) {
  Command command = add_command(fetch, "tap", "Ask any TAP service");
  const auto options = std::make_shared<TapOptions>();
  command.option("URL", options->url, "Address of the service, without /sync").required();
  command.option("QUERY", options->query, "ADQL, or @FILE that holds it").required();
  options->output.add(command, "Table of the answer").required();
  command
      .option("--upload", options->uploads,
              "A table that the query calls TAP_UPLOAD.NAME; may be given again")
      .type_name("NAME=FILE");
  command.option("--maxrec", options->max_rows, "Rows to ask for at most").type_name("N");
  options->service.add(command);
  command.footer(
      "Example:\n  uhuru fetch tap http://dc.g-vo.org/tap \"SELECT TOP 5 * FROM rosat.photons\" "
      "\\\n"
      "    --out photons.vot");
  command.action([options](Context& context) { fetch_tap(context, *options); });
}

/// Where a fetch in pieces goes.
struct TargetOptions {
  OutputOptions output;
  bool restart = false;

  void add(Command& command, const std::string& description) {
    output.add(command, description).required();
    command.flag("--restart", restart, "Forget what an interrupted fetch left, begin anew");
  }
  FetchTarget load(const Context& context) const {
    return {.out = output.path, .write = output.write(context), .restart = restart};
  }
};

struct CscOptions {
  DetectionOptions detections;
  ServiceOptions service;
  TargetOptions target;
};

void add_fetch_csc(Command& fetch) {
  Command command = add_command(fetch, "csc", "Detections of the Chandra Source Catalog");
  const auto options = std::make_shared<CscOptions>();
  options->target.add(command, "Table of detections");
  options->detections.add(command);
  options->service.add(command);
  command.footer(
      "An interrupted fetch goes on where it stopped when the same command is given again.\n"
      "Example:\n  uhuru fetch csc --release 2.1 --out csc21.vot");
  command.action([options](Context& context) {
    const Services services = load_services(options->service.services);
    ServiceOptions::ask(services, context.terminal, goes_on, [&](HttpClient& http) {
      print_fetch(context.terminal,
                  fetch_detections(http, services, options->detections.load(options->service),
                                   options->target.load(context), context.make_threads(),
                                   context.terminal.progress()));
    });
  });
}

struct SimbadOptions {
  std::string detections;
  CounterpartQuery query;
  std::string find = "best";
  MatchServiceOption match;
  ServiceOptions service;
  TargetOptions target;
  std::optional<size_t> block;
};

void add_fetch_simbad(Command& fetch) {
  Command command =
      add_command(fetch, "simbad", "Counterparts of detections in SIMBAD; every row is kept");
  const auto options = std::make_shared<SimbadOptions>();
  command.option("DETECTIONS", options->detections, "Table with positions").required();
  options->target.add(command, "The table with the columns of the counterparts");
  command.option("--radius", options->query.radius_arcsec, "Largest separation")
      .between(0.0, 180.0)
      .show_default()
      .type_name("ARCSEC");
  command.option("--find", options->find, "best: the nearest counterpart; all: every one")
      .one_of({"best", "all"})
      .show_default()
      .type_name("WHICH");
  command.option("--ra", options->query.position.ra, "Right ascension, degrees")
      .show_default()
      .type_name("COLUMN");
  command.option("--dec", options->query.position.dec, "Declination, degrees")
      .show_default()
      .type_name("COLUMN");
  command.option("--block", options->block, "Positions a query, instead of the services file's")
      .between(1, 1000000)
      .type_name("N");
  options->match.add(command);
  options->service.add(command);
  command.footer(
      "An interrupted fetch goes on where it stopped when the same command is given again.\n"
      "Example:\n  uhuru fetch simbad csc21.vot --out simbad.vot");
  command.action([options](Context& context) {
    Services services = load_services(options->service.services);
    if (options->block) services.simbad.positions_per_query = *options->block;
    CounterpartQuery& query = options->query;
    query.find = options->find == "all" ? MatchFind::all : MatchFind::best;
    query.service = options->match.load();
    query.asynchronous = options->service.asynchronous;
    ServiceOptions::ask(services, context.terminal, goes_on, [&](HttpClient& http) {
      print_fetch(context.terminal,
                  fetch_counterparts(http, services, options->detections, query,
                                     options->target.load(context), context.make_threads(),
                                     context.terminal.progress()));
    });
  });
}

void add_fetch_services(Command& fetch) {
  Command command = add_command(fetch, "services",
                                "Print the built-in services file, to be changed and given back");
  command.footer("Example:\n  uhuru fetch services > services.toml");
  command.action([](Context&) { fmt::print("{}", services_text("default")); });
}

}  // namespace

void add_fetch(Command& program) {
  Command command = program.subcommand(
      "fetch", "Get detections, counterparts or any table from the archives' services");
  add_fetch_csc(command);
  add_fetch_simbad(command);
  add_fetch_tap(command);
  add_fetch_services(command);
}

}  // namespace uhuru::cli
