#include <fmt/format.h>

#include <ctime>
#include <memory>

#include "cli.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/jobs/export.hpp"

namespace uhuru::cli {
namespace {

constexpr const char* results_help =
    "A catalog, the folder of a run or of `predict --vote`, or a table with classes";

struct DachsCommand {
  jobs::DachsOptions dachs;
  bool overwrite = false;
};

void export_dachs(Context& context, DachsCommand& options) {
  options.dachs.overwrite = io::overwrite_if(options.overwrite);
  options.dachs.now = context.source_date().value_or(static_cast<int64_t>(std::time(nullptr)));
  const jobs::DachsSummary summary = jobs::export_dachs(options.dachs, context.make_threads());
  std::vector<std::string> items = {"schema " + summary.schema,
                                    "sources " + with_commas(summary.sources)};
  add_count(items, "detections", summary.detections);
  context.terminal.say_items("exported    ", items);
  context.terminal.notes(summary.notes);
  context.terminal.say("resource    " + shell_word(options.dachs.out) +
                       "; its README.md says how to import it");
}

void add_export_dachs(Command& parent) {
  Command command =
      add_command(parent, "dachs", "Write a resource for GAVO DaCHS: TAP, cone search");
  const auto options = std::make_shared<DachsCommand>();
  jobs::DachsOptions& dachs = options->dachs;
  command.option("RESULTS", dachs.results, results_help).required();
  command.option("--out", dachs.out, "Folder of the resource").required().type_name("FOLDER");
  command.flag("--overwrite", options->overwrite, "Replace its files");
  command
      .option("--schema", dachs.schema,
              "Schema of the tables, and the folder's name at the site (default: from RESULTS)")
      .type_name("NAME");
  command.option("--title", dachs.title, "Title (default: from RESULTS)").type_name("TEXT");
  command
      .option("--creator", dachs.creator,
              "Who made the catalog, as \"Last, F.; Last, F.\" (default: as the site says)")
      .type_name("NAMES");
  add_table_options(command, dachs.table);
  command.footer(
      "The folder has a descriptor (q.rd), the tables as FITS, and a README.md that says how to "
      "import\nthem. Columns get names that ADQL takes without quotes. The date is that of today, "
      "or of\nSOURCE_DATE_EPOCH.\n"
      "Example:\n  uhuru export dachs result --out resource --schema xray_classes");
  command.action([options](Context& context) { export_dachs(context, *options); });
}

struct MocCommand {
  jobs::MocOptions moc;
  bool overwrite = false;
};

void add_export_moc(Command& parent) {
  Command command =
      add_command(parent, "moc", "Write the coverage map (MOC) of the sources' positions");
  const auto options = std::make_shared<MocCommand>();
  command.option("RESULTS", options->moc.results, results_help).required();
  command.option("--out", options->moc.out, "Coverage map: .fits, .txt (ASCII) or .json")
      .required()
      .type_name("FILE");
  command.flag("--overwrite", options->overwrite, "Replace an existing file");
  command.option("--order", options->moc.order, "HEALPix order; pixels of 58.6 / 2^N degrees")
      .between(0, 29)
      .show_default()
      .type_name("N");
  add_table_options(command, options->moc.table);
  command.footer(
      "Example:\n  uhuru export moc result --out coverage.fits\n"
      "  uhuru export moc result --order 10 --out coverage.txt");
  command.action([options](Context& context) {
    options->moc.overwrite = io::overwrite_if(options->overwrite);
    const jobs::MocSummary summary = jobs::export_moc(options->moc, context.make_threads());
    context.terminal.say_items(
        "coverage    ",
        {"sources " + with_commas(summary.sources), fmt::format("order {}", options->moc.order),
         fmt::format("{:.3g} % of the sky", 100 * summary.sky_fraction)});
    context.terminal.notes(summary.notes);
  });
}

}  // namespace

void add_export(Command& program) {
  Command command =
      program.subcommand("export", "Write a catalog in the forms that others publish");
  add_export_dachs(command);
  add_export_moc(command);
}

}  // namespace uhuru::cli
