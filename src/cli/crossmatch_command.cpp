#include <fmt/format.h>

#include <memory>

#include "cli.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/jobs/crossmatch.hpp"

namespace uhuru::cli {
namespace {

struct Options {
  jobs::CrossmatchOptions match;
  OutputOptions output;
  PartsOption parts;
  std::string find = "best";
};

void match(Context& context, Options options) {
  Terminal& terminal = context.terminal;
  jobs::CrossmatchOptions& match = options.match;
  context.check_for_ranks({match.left, match.right});
  match.out = options.output.path;
  match.write = options.output.write(context, {{match.left, match.right}});
  match.write.parts = options.parts.load(match.left_position, match.out, {match.left, match.right});
  match.find = options.find == "all" ? sky::MatchFind::all : sky::MatchFind::best;
  terminal.output_is_table = match.out == "-";
  io::check_target(match.out, match.write);
  if (!(match.radius_arcsec >= 0 && match.radius_arcsec <= 648000))
    throw Error(ErrorKind::usage, "radius out of range", "--radius", "0 to 648000 arcsec");
  const jobs::CrossmatchSummary summary = jobs::crossmatch_files(match, context.make_threads());
  std::vector<std::string> items;
  items.push_back("left rows " + with_commas(summary.left));
  items.push_back("matched " + with_commas(summary.matched));
  add_count(items, "unmatched", summary.left - summary.matched);
  add_count(items, "without position", summary.without_position);
  add_count(items, "right rows without position", summary.right_without_position);
  items.push_back("rows written " + with_commas(summary.rows));
  terminal.say_items("", items);
  terminal.say_times(summary.seconds);
  terminal.notes(summary.notes);
}

}  // namespace

void add_crossmatch(Command& program) {
  Command command = add_command(
      program, "crossmatch", "Join two tables by position or by a key, keeping every row of LEFT");
  const auto options = std::make_shared<Options>();
  command
      .table("LEFT", options->match.left,
             "Left table; all of its rows are kept; a pattern, a folder or @list: several")
      .required();
  command
      .table("RIGHT", options->match.right,
             "Right table; its columns are appended; or several, as LEFT")
      .required();
  options->output.add(command, "Output table").required();
  options->parts.add(command);
  command.option("--radius", options->match.radius_arcsec, "Maximum separation")
      .show_default()
      .type_name("ARCSEC");
  command.option("--find", options->find, "Matches to keep: best (the nearest) or all")
      .one_of({"best", "all"})
      .show_default()
      .type_name("WHICH");
  command
      .option("--ra", options->match.left_position.ra,
              "Right ascension of LEFT: degrees, the unit of the column, or sexagesimal")
      .show_default()
      .type_name("COLUMN");
  command
      .option("--dec", options->match.left_position.dec,
              "Declination of LEFT: degrees, the unit of the column, or sexagesimal")
      .show_default()
      .type_name("COLUMN");
  command
      .option("--right-ra", options->match.right_position.ra,
              "Right ascension of RIGHT: degrees, the unit of the column, or sexagesimal")
      .show_default()
      .type_name("COLUMN");
  command
      .option("--right-dec", options->match.right_position.dec,
              "Declination of RIGHT: degrees, the unit of the column, or sexagesimal")
      .show_default()
      .type_name("COLUMN");
  command
      .option("--key", options->match.key,
              "Join on equal values of this column instead of position")
      .type_name("COLUMN");
  command
      .option("--right-key", options->match.right_key, "Key column of RIGHT, if its name differs")
      .type_name("COLUMN");
  command.footer("Example:\n  uhuru crossmatch csc.vot simbad.csv --radius 1 --out matched.vot");
  command.action([options](Context& context) { match(context, *options); }, {}, Ranks::all);
}

}  // namespace uhuru::cli
