#include <fmt/format.h>

#include <memory>

#include "cli.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/jobs/catalog_file.hpp"

namespace uhuru::cli {
namespace {

struct Options {
  jobs::CatalogOptions catalog;
  bool overwrite = false;
};

}  // namespace

void add_catalog(Command& program) {
  Command command = add_command(
      program, "catalog", "Make the SQLite catalog of a run, or of other tables with classes");
  const auto options = std::make_shared<Options>();
  command
      .option("RESULTS", options->catalog.results,
              "Output folder of `uhuru run` or `predict --vote`, or a table with classes")
      .required();
  command
      .option("--out", options->catalog.out,
              "Output file (default: catalog.sqlite in the folder, TABLE.sqlite beside a table)")
      .type_name("FILE");
  command.flag("--overwrite", options->overwrite, "Replace an existing catalog");
  add_table_options(command, options->catalog.table);
  command.footer(
      "`uhuru run` writes the catalog of a run itself. Other folders have "
      "detection_level_classification.csv,\nor uniquely_classified.csv, "
      "ambiguous_classification.csv and sources.csv. A table, in any format, has\na column of "
      "classes or columns of probabilities; what else it has is shown.\n"
      "Example:\n  uhuru catalog sources\n  uhuru catalog classified.vot --out "
      "classified.sqlite");
  command.action([options](Context& context) {
    options->catalog.overwrite = io::overwrite_if(options->overwrite);
    const jobs::CatalogSummary summary =
        jobs::make_catalog(options->catalog, context.make_threads());
    std::vector<std::string> items = {"sources " + with_commas(summary.sources)};
    add_count(items, "detections", summary.detections);
    items.push_back(fmt::format("{:.1f} MB", static_cast<double>(summary.bytes) / 1e6));
    context.terminal.say_items("catalog     ", items);
    context.terminal.notes(summary.notes);
    context.terminal.say("catalog " + shell_word(summary.out));
  });
}

}  // namespace uhuru::cli
