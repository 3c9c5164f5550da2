#include <fmt/format.h>

#include <memory>

#include "cli.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/sky/crossmatch.hpp"

namespace uhuru::cli {
namespace {

struct Options {
  std::string left, right;
  OutputOptions output;
  double radius = 1.0;
  std::string find = "best";
  std::string key, right_key;
  sky::PositionColumns left_position{"ra", "dec"}, right_position{"ra", "dec"};
};

void match(Context& context, const Options& options) {
  Terminal& terminal = context.terminal;
  const io::WriteOptions write = options.output.write(context, {{options.left, options.right}});
  terminal.output_is_table = options.output.path == "-";
  io::check_target(options.output.path, write.overwrite);
  if (!(options.radius >= 0 && options.radius <= 648000))
    throw Error(ErrorKind::usage, "radius out of range", "--radius", "0 to 648000 arcsec");
  Stopwatch stopwatch;
  const Table left = io::read_table(options.left, context.make_threads());
  const Table right = io::read_table(options.right, context.make_threads());
  const sky::MatchFind find = options.find == "all" ? sky::MatchFind::all : sky::MatchFind::best;
  stopwatch.lap("read");
  sky::CrossmatchCounts counts;
  const auto joined = [&] {
    if (options.key.empty())
      return sky::crossmatch_tables(left, options.left_position, right, options.right_position,
                                    options.radius, find, context.make_threads(), &counts);
    return sky::join_tables(left, options.key, right,
                            options.right_key.empty() ? options.key : options.right_key, find,
                            &counts);
  }();
  stopwatch.add("search", counts.search_seconds);
  stopwatch.add("join", stopwatch.since_last() - counts.search_seconds);
  io::write_table(options.output.path, joined, write);
  stopwatch.lap("write");
  std::vector<std::string> items;
  items.push_back("left rows " + with_commas(counts.left));
  items.push_back("matched " + with_commas(counts.matched));
  add_count(items, "unmatched", counts.left - counts.matched);
  add_count(items, "without position", counts.without_position);
  add_count(items, "right rows without position", counts.right_without_position);
  items.push_back("rows written " + with_commas(joined.rows()));
  terminal.say_items("", items);
  terminal.say_times(stopwatch.seconds());
  terminal.notes(left.notes);
  terminal.notes(right.notes);
  terminal.notes(counts.notes);
}

}  // namespace

void add_crossmatch(Command& program) {
  Command command = add_command(
      program, "crossmatch", "Join two tables by position or by a key, keeping every row of LEFT");
  const auto options = std::make_shared<Options>();
  command.option("LEFT", options->left, "Left table; all of its rows are kept").required();
  command.option("RIGHT", options->right, "Right table; its columns are appended").required();
  options->output.add(command, "Output table").required();
  command.option("--radius", options->radius, "Maximum separation")
      .show_default()
      .type_name("ARCSEC");
  command.option("--find", options->find, "Matches to keep: best (the nearest) or all")
      .one_of({"best", "all"})
      .show_default()
      .type_name("WHICH");
  command
      .option("--ra", options->left_position.ra,
              "Right ascension of LEFT: degrees, the unit of the column, or sexagesimal")
      .show_default()
      .type_name("COLUMN");
  command
      .option("--dec", options->left_position.dec,
              "Declination of LEFT: degrees, the unit of the column, or sexagesimal")
      .show_default()
      .type_name("COLUMN");
  command
      .option("--right-ra", options->right_position.ra,
              "Right ascension of RIGHT: degrees, the unit of the column, or sexagesimal")
      .show_default()
      .type_name("COLUMN");
  command
      .option("--right-dec", options->right_position.dec,
              "Declination of RIGHT: degrees, the unit of the column, or sexagesimal")
      .show_default()
      .type_name("COLUMN");
  command.option("--key", options->key, "Join on equal values of this column instead of position")
      .type_name("COLUMN");
  command.option("--right-key", options->right_key, "Key column of RIGHT, if its name differs")
      .type_name("COLUMN");
  command.footer("Example:\n  uhuru crossmatch csc.vot simbad.csv --radius 1 --out matched.vot");
  command.action([options](Context& context) { match(context, *options); });
}

}  // namespace uhuru::cli
