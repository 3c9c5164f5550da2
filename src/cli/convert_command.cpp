#include <memory>

#include "cli.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru::cli {
namespace {

struct Options {
  std::string in;
  OutputOptions output;
};

}  // namespace

void add_convert(Command& program) {
  Command command =
      add_command(program, "convert", "Convert a table to another format, or several to one");
  const auto options = std::make_shared<Options>();
  command
      .tables("TABLE", options->in,
              "Input table, or several, whose rows follow one another; file.vot#2: second table of "
              "a VOTable, file.fits#1 or file.fits[EVENTS]: "
              "an extension, list.txt#csv: one column, or separated by commas")
      .required();
  options->output.add(command, "Output table").required();
  command.footer(
      "Several tables are one: names, a pattern such as 'fields/*.fits', a folder, or @list, a "
      "file\n"
      "with a name in each line. Columns are found by name, units are converted.\n"
      "Examples:\n  uhuru convert detections.vot --out detections.fits\n"
      "  uhuru convert field1.fits field2.vot field3.csv --out all.fits");
  command.action([options](Context& context) {
    Terminal& terminal = context.terminal;
    terminal.output_is_table = options->output.path == "-";
    const auto write = options->output.write(context, {{options->in}});
    const auto reader = io::open_table(options->in, context.make_threads());
    const auto writer = io::create_table(options->output.path, reader->header(), write);
    const Progress progress = terminal.progress();
    Table batch = reader->header().empty_copy();
    while (reader->read(batch)) {
      writer->write(batch);
      if (progress)
        progress("convert", static_cast<uint64_t>(1000 * reader->fraction_read()), 1000);
    }
    writer->commit();
    terminal.say("rows written " + with_commas(reader->rows_read()));
    terminal.notes(reader->remarks());
  });
}

}  // namespace uhuru::cli
