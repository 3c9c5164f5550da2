#include <fmt/format.h>

#include <memory>

#include "cli.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/report/report.hpp"

namespace uhuru::cli {
namespace {

struct Options {
  report::ReportOptions report;
  bool overwrite = false;
};

void report(Context& context, const Options& options) {
  Terminal& terminal = context.terminal;
  terminal.output_is_table = options.report.out == "-";
  const report::ReportSummary summary =
      report::write_report(options.report, context.make_threads());
  std::vector<std::string> items;
  add_count(items, "detections", summary.detections);
  items.push_back("sources " + with_commas(summary.sources));
  items.push_back(fmt::format("{:.1f} MB", static_cast<double>(summary.bytes) / 1e6));
  terminal.say_items("report      ", items);
  for (const std::string& note : summary.notes) terminal.note(note);
  if (summary.out != "-") terminal.say("page " + shell_word(summary.out));
}

}  // namespace

void add_report(Command& program) {
  Command command =
      add_command(program, "report",
                  "Write the results of a run, or other tables with classes, as one HTML page");
  const auto options = std::make_shared<Options>();
  command
      .option("RESULTS", options->report.folder,
              "Output folder of `uhuru run` or `predict --vote`, or a table with classes")
      .required();
  command
      .option("--out", options->report.out,
              "Output file (default: report.html in the folder, TABLE.html beside a table)")
      .type_name("FILE");
  command
      .option("--validation", options->report.validation,
              "validation.json of `uhuru validate`, if not in the folder")
      .type_name("FILE");
  command.flag("--overwrite", options->overwrite, "Replace an existing page");
  add_table_options(command, options->report.table);
  command.footer(
      "The page has the sections that the data allow, and says why it lacks others.\n"
      "The page is self-contained and needs no network access.\n"
      "Example:\n  uhuru report result --out result.html");
  command.action([options](Context& context) {
    options->report.overwrite = io::overwrite_if(options->overwrite);
    report(context, *options);
  });
}

}  // namespace uhuru::cli
