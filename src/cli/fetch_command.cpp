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

/// Reads the table of NAME=FILE for upload.
vo::TapUpload upload(const std::string& text, Terminal& terminal, const Threads& threads) {
  const size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  const bool usable =
      equals != std::string::npos && !name.empty() &&
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
          std::string::npos;
  if (!usable)
    throw Error(ErrorKind::usage, "invalid upload", "--upload",
                "NAME=FILE, with letters, digits and _ in NAME", in_quotes(text));
  const Table table = io::read_table(text.substr(equals + 1), threads);
  terminal.notes(table.notes);
  return {name, io::votable_text(table)};
}

void fetch_tap(Context& context, const TapOptions& options) {
  Terminal& terminal = context.terminal;
  Origin origin;
  for (const std::string& text : options.uploads)
    origin.inputs.push_back(text.substr(text.find('=') + 1));
  const io::WriteOptions write = options.output.write(context, origin);
  terminal.output_is_table = options.output.path == "-";
  io::check_target(options.output.path, write);
  const vo::Services services = vo::load_services(options.service.services);
  const Threads threads = context.make_threads();
  vo::TapQuery query{options.query, {}, options.max_rows, options.service.asynchronous};
  if (query.adql.starts_with('@')) query.adql = io::load_text(query.adql.substr(1), "query");
  for (const std::string& text : options.uploads)
    query.uploads.push_back(upload(text, terminal, threads));
  const Progress progress = terminal.progress();
  std::unique_ptr<vo::ServiceTable> answer;
  ServiceOptions::ask(services, terminal, "stopped", [&](vo::HttpClient& http) {
    answer = vo::query_tap(http, options.url, query, services.tap, threads, progress);
  });
  // Write only a complete table: a reader of standard output could not tell it from a part.
  const Table table = io::read_table(*answer);
  const bool as_asked = options.max_rows && table.rows() >= *options.max_rows;
  if (answer->overflow() && !as_asked)
    throw Error(ErrorKind::service, "the service truncated the table", options.url,
                "all rows; raise --maxrec or narrow the query",
                with_commas(table.rows()) + " rows and OVERFLOW");
  io::write_table(options.output.path, table, write);
  std::vector<std::string> items = {"rows " + with_commas(table.rows()),
                                    fmt::format("columns {}", table.columns.size())};
  if (answer->overflow()) items.push_back("truncated");
  terminal.say_items("", items);
  terminal.notes(table.notes);
}

void add_fetch_tap(Command& fetch) {
  Command command = add_command(fetch, "tap", "Query any TAP service");
  const auto options = std::make_shared<TapOptions>();
  command.option("URL", options->url, "Base URL of the service, without /sync").required();
  command.option("QUERY", options->query, "ADQL query, or @FILE to read it from a file").required();
  options->output.add(command, "Output table").required();
  command
      .option("--upload", options->uploads,
              "Upload FILE, which the query calls TAP_UPLOAD.NAME; may be repeated")
      .type_name("NAME=FILE");
  command.option("--maxrec", options->max_rows, "Maximum number of rows").type_name("N");
  options->service.add(command);
  command.footer(
      "Example:\n  uhuru fetch tap http://dc.g-vo.org/tap \"SELECT TOP 5 * FROM rosat.photons\" "
      "\\\n"
      "    --out photons.vot");
  command.action([options](Context& context) { fetch_tap(context, *options); });
}

/// The output of a fetch in pieces.
struct TargetOptions {
  OutputOptions output;
  bool restart = false;

  void add(Command& command, const std::string& description) {
    output.add(command, description).required();
    command.flag("--restart", restart, "Discard the pieces of an interrupted fetch and start over");
  }
  vo::FetchTarget load(Context& context, const Origin& origin) const {
    return {.out = output.path, .write = output.write(context, origin), .restart = restart};
  }
};

struct CscOptions {
  DetectionOptions detections;
  ServiceOptions service;
  TargetOptions target;
};

void add_fetch_csc(Command& fetch) {
  Command command = add_command(fetch, vo::detection_service,
                                "Fetch detections from " + built_in_services().detections.title);
  const auto options = std::make_shared<CscOptions>();
  options->target.add(command, "Output table of detections");
  options->detections.add(command);
  options->service.add(command);
  command.footer(
      "To resume an interrupted fetch, run the same command again.\n"
      "Example:\n  uhuru fetch csc --release 2.1 --out csc21.vot");
  command.action([options](Context& context) {
    const vo::Services services = vo::load_services(options->service.services);
    ServiceOptions::ask(services, context.terminal, can_resume, [&](vo::HttpClient& http) {
      print_fetch(context.terminal,
                  vo::fetch_detections(http, services, options->detections.load(options->service),
                                       options->target.load(context, {}), context.make_threads(),
                                       context.terminal.progress()));
    });
  });
}

struct SimbadOptions {
  std::string detections;
  vo::CounterpartQuery query;
  std::string find = "best";
  MatchServiceOption match;
  ServiceOptions service;
  TargetOptions target;
  std::optional<size_t> block;
};

void add_fetch_simbad(Command& fetch) {
  Command command = add_command(fetch, vo::counterpart_service,
                                "Fetch counterparts of detections from " +
                                    built_in_services().counterparts.title + ", keeping every row");
  const auto options = std::make_shared<SimbadOptions>();
  command.tables("DETECTIONS", options->detections, "Table with positions, or several that are one")
      .required();
  options->target.add(command, "Output table: the input with the columns of the counterparts");
  command.option("--radius", options->query.radius_arcsec, "Maximum separation")
      .between(0.0, 180.0)
      .show_default()
      .type_name("ARCSEC");
  command.option("--find", options->find, "Counterparts to keep: best (the nearest) or all")
      .one_of({"best", "all"})
      .show_default()
      .type_name("WHICH");
  command.option("--ra", options->query.position.ra, "Right ascension, in degrees")
      .show_default()
      .type_name("COLUMN");
  command.option("--dec", options->query.position.dec, "Declination, in degrees")
      .show_default()
      .type_name("COLUMN");
  command.option("--block", options->block, "Positions per query (overrides the services file)")
      .between(1, 1000000)
      .type_name("N");
  options->match.add(command);
  options->service.add(command);
  command.footer(
      "To resume an interrupted fetch, run the same command again.\n"
      "Example:\n  uhuru fetch simbad csc21.vot --out simbad.vot");
  command.action([options](Context& context) {
    vo::Services services = vo::load_services(options->service.services);
    if (options->block) services.counterparts.positions_per_query = *options->block;
    vo::CounterpartQuery& query = options->query;
    query.find = options->find == "all" ? sky::MatchFind::all : sky::MatchFind::best;
    query.service = options->match.load();
    query.asynchronous = options->service.asynchronous;
    ServiceOptions::ask(services, context.terminal, can_resume, [&](vo::HttpClient& http) {
      print_fetch(context.terminal,
                  vo::fetch_counterparts(http, services, options->detections, query,
                                         options->target.load(context, {{options->detections}}),
                                         context.make_threads(), context.terminal.progress()));
    });
  });
}

void add_fetch_services(Command& fetch) {
  Command command = add_command(fetch, "services",
                                "Print the built-in services file, as a template for --services");
  command.footer("Example:\n  uhuru fetch services > services.toml");
  command.action([](Context&) { fmt::print("{}", vo::services_text("default")); });
}

}  // namespace

void add_fetch(Command& program) {
  Command command = program.subcommand(
      "fetch", "Download detections, counterparts or any table from archive services");
  add_fetch_csc(command);
  add_fetch_simbad(command);
  add_fetch_tap(command);
  add_fetch_services(command);
}

}  // namespace uhuru::cli
