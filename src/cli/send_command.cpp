#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>

#include "cli.hpp"
#include "interrupts.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/temporary.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/table_names.hpp"
#include "uhuru/vo/samp.hpp"

namespace uhuru::cli {
namespace {

struct Options {
  std::vector<std::string> tables;
  std::string to;
  bool list = false;
  int timeout_s = 60;
};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

void list(Terminal& terminal, const std::vector<vo::SampClient>& clients) {
  std::vector<std::vector<std::string>> rows = {{"application", "id", "accepts"}};
  for (const vo::SampClient& client : clients)
    rows.push_back({client.name, shown(client.id, 60),
                    client.takes_votable && client.takes_fits ? "VOTable, FITS"
                    : client.takes_votable                    ? "VOTable"
                    : client.takes_fits                       ? "FITS"
                                                              : "-"});
  print_columns(terminal, rows);
}

/// Those of a pattern or a list are sent one by one.
std::vector<std::string> each_table(const std::vector<std::string>& names) {
  std::vector<std::string> result;
  std::error_code ignored;
  for (const std::string& name : names) {
    if (std::filesystem::is_directory(name, ignored)) {
      result.push_back(name);  // an error that lists its tables
      continue;
    }
    for (std::string& table : io::expand_table_name(name)) result.push_back(std::move(table));
  }
  return result;
}

void send(Context& context, const Options& options) {
  Terminal& terminal = context.terminal;
  std::map<std::string, std::unique_ptr<vo::SampTable>> tables;  // one named twice is read once
  const auto names = each_table(options.tables);
  for (const std::string& name : names)
    if (auto& table = tables[name]; !table)
      table = std::make_unique<vo::SampTable>(name, temporary_parent(), context.make_threads());
  // An interrupt ends the current wait; the program still unregisters from the hub.
  bool stopped = false;
  const vo::SampTransport transport = vo::samp_over_http([&] {
    if (Interrupts::stop()) return stopped = true;
    return false;
  });
  const Interrupts interrupts;
  const vo::SampConnection hub(
      vo::find_samp_hub(environment("HOME"), environment("SAMP_HUB"), transport), transport);
  const auto clients = hub.clients();
  if (options.list) return list(terminal, clients);
  const auto receivers = vo::samp_receivers(clients, options.to);
  std::vector<Error> failures;
  for (const std::string& name : names)
    for (const vo::SampClient& client : receivers) {
      vo::SampTable& table = *tables.at(name);
      try {
        const std::string warning =
            hub.send(table, client, std::chrono::seconds(options.timeout_s));
        terminal.say(client.name + " has loaded " + shown(table.label(), 100));
        if (!warning.empty()) terminal.note(client.name + " warns: " + warning);
        terminal.notes(table.take_notes());
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::service || stopped) throw;
        failures.push_back(error);  // the other applications still get the table
      }
    }
  if (failures.empty()) return;
  for (size_t i = 0; i + 1 < failures.size(); ++i) terminal.show_error(failures[i]);
  throw failures.back();
}

}  // namespace

void add_send(Command& program) {
  Command command = add_command(
      program, "send", "Send tables to TOPCAT, Aladin, DS9 or another running application (SAMP)");
  const auto options = std::make_shared<Options>();
  command.option("TABLE", options->tables,
                 "Tables in any format; -: standard input, file.vot#2: second table of a VOTable");
  command
      .option("--to", options->to,
              "Name, part of the name, or id of the application (default: all that accept tables)")
      .type_name("NAME");
  command.option("--timeout", options->timeout_s, "Time allowed for an application to load a table")
      .between(1, 86400)
      .show_default()
      .type_name("SECONDS");
  command.flag("--list", options->list, "List the applications instead of sending tables");
  command.footer(
      "Applications are found through their SAMP hub, which TOPCAT and Aladin start. VOTable and\n"
      "FITS files are loaded in place; other tables are sent as a temporary copy, which is\n"
      "removed once all applications have answered.\n"
      "Example:\n  uhuru send sources.csv --to topcat");
  command.action([options](Context& context) { send(context, *options); },
                 [options] {
                   return options->tables.empty() == options->list ? "" : "either TABLE or --list";
                 });
}

}  // namespace uhuru::cli
