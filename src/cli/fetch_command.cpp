#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "cli.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/named_text.hpp"
#include "uhuru/vo/services.hpp"
#include "uhuru/vo/tap.hpp"

namespace uhuru::cli {
namespace {

/// Options of all that is fetched.
struct ServiceOptions {
  std::string services = "default";
  bool asynchronous = false;

  /// A client that says why it waits.
  HttpClient client(const Services& of, Terminal& terminal) const {
    return HttpClient(of.http, [&terminal](const Error& error, double pause_s) {
      terminal.note(fmt::format("{}; asked again in {:.0f} s", error.what(), std::ceil(pause_s)));
    });
  }

  void add(CLI::App& command) {
    command
        .add_option("--services", services,
                    "Where the services are and how they are asked: the built-in file, or one of "
                    "yours (see uhuru fetch services)")
        ->capture_default_str()
        ->type_name("FILE");
    command.add_flag("--async", asynchronous, "Ask by asynchronous jobs, for long queries");
  }
};

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
  check_target(options.output.path, write.overwrite);
  const Services services = load_services(options.service.services);
  const Threads threads = context.make_threads();
  TapQuery query{options.query, {}, options.max_rows, options.service.asynchronous};
  if (query.adql.starts_with('@')) query.adql = load_text(query.adql.substr(1), "query");
  for (const std::string& text : options.uploads) query.uploads.push_back(upload(text, threads));
  HttpClient http = options.service.client(services, terminal);
  const Progress progress = terminal.progress();
  const auto table = query_tap(http, options.url, query, services.tap, threads, progress);
  const auto writer = create_table(options.output.path, table->header(), write);
  Table batch = table->header().empty_copy();
  while (table->read(batch)) writer->write(batch);
  const bool as_asked = options.max_rows && table->rows_read() >= *options.max_rows;
  if (table->overflow() && !as_asked)
    throw Error(ErrorKind::service, "the service left out rows", options.url,
                "the whole table; ask for more with --maxrec, or for less with another query",
                with_commas(table->rows_read()) + " rows and OVERFLOW");
  writer->commit();
  std::vector<std::string> items = {"rows " + with_commas(table->rows_read()),
                                    fmt::format("columns {}", batch.columns.size())};
  if (table->overflow()) items.push_back("there are more than --maxrec");
  terminal.say_items("", items);
}

void add_fetch_tap(CLI::App& fetch, Context& context) {
  CLI::App* command = add_command(fetch, context, "tap", "Ask any TAP service");
  const auto options = std::make_shared<TapOptions>();
  command->add_option("URL", options->url, "Address of the service, without /sync")->required();
  command->add_option("QUERY", options->query, "ADQL, or @FILE that holds it")->required();
  options->output.add(*command, "Table of the answer")->required();
  command
      ->add_option("--upload", options->uploads,
                   "A table that the query calls TAP_UPLOAD.NAME; may be given again")
      ->type_name("NAME=FILE");
  command->add_option("--maxrec", options->max_rows, "Rows to ask for at most")->type_name("N");
  options->service.add(*command);
  command->footer(
      "Example:\n  uhuru fetch tap http://dc.g-vo.org/tap \"SELECT TOP 5 * FROM rosat.photons\" "
      "\\\n"
      "    --out photons.vot");
  command->callback([&context, options] {
    context.action = [&context, options] { fetch_tap(context, *options); };
  });
}

void add_fetch_services(CLI::App& fetch, Context& context) {
  CLI::App* command = add_command(fetch, context, "services",
                                  "Print the built-in services file, to be changed and given back");
  command->footer("Example:\n  uhuru fetch services > services.toml");
  command->callback(
      [&context] { context.action = [] { fmt::print("{}", services_text("default")); }; });
}

}  // namespace

void add_fetch(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand(
      "fetch", "Get detections, counterparts or any table from the archives' services");
  add_fetch_tap(*command, context);
  add_fetch_services(*command, context);
}

}  // namespace uhuru::cli
