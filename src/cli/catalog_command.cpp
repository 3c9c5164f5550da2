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
  Command command = add_command(program, "catalog", "Rebuild the SQLite catalog of a run");
  const auto options = std::make_shared<Options>();
  command.option("DIR", options->catalog.folder, "Output folder of `uhuru run`").required();
  command.option("--out", options->catalog.out, "Output file (default: DIR/catalog.sqlite)")
      .type_name("FILE");
  command.flag("--overwrite", options->overwrite, "Replace an existing catalog");
  command.footer(
      "`uhuru run` writes the catalog itself; this command is for folders of earlier versions.\n"
      "Example:\n  uhuru catalog result --out result.sqlite");
  command.action([options](Context& context) {
    options->catalog.overwrite = options->overwrite ? io::Overwrite::yes : io::Overwrite::no;
    const jobs::CatalogSummary summary =
        jobs::make_catalog(options->catalog, context.make_threads());
    context.terminal.say_items(
        "catalog     ",
        {"sources " + with_commas(summary.sources), "detections " + with_commas(summary.detections),
         fmt::format("{:.1f} MB", static_cast<double>(summary.bytes) / 1e6)});
    context.terminal.say("catalog " + shell_word(summary.out));
  });
}

}  // namespace uhuru::cli
