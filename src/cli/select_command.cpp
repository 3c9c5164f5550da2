#include <fmt/format.h>

#include <memory>

#include "cli.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/input.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/jobs/checkpoint.hpp"
#include "uhuru/jobs/cluster.hpp"
#include "uhuru/jobs/select.hpp"

namespace uhuru::cli {
namespace {

struct Options {
  std::string detections, figure;
  jobs::SelectOptions select;
  jobs::CheckpointOptions checkpoint;
  OutputOptions output;
  RecipeOptions recipe;
};

void select(Context& context, const Options& options) {
  Terminal& terminal = context.terminal;
  const recipe::Recipe recipe = options.recipe.load();
  jobs::check_range(options.select);
  context.check_for_ranks({options.detections});
  io::WriteOptions write =
      options.output.write(context, {{options.detections}, options.recipe.name});
  const std::string& out = options.output.path;
  if (!out.empty() && options.figure == out)
    throw Error(ErrorKind::usage, "the table and the figure have the same name", "--figure",
                "a name other than that of --out", out);
  terminal.output_is_table = out == "-" || options.figure == "-";
  if (!out.empty()) io::check_file(out, write.overwrite);
  if (!options.figure.empty()) io::check_file(options.figure, write.overwrite);
  const Threads threads = context.make_threads();
  Stopwatch stopwatch;
  const io::Input input(options.detections);
  const auto reader = input.open_part(threads);
  const jobs::ScaledFeatures features(*reader, recipe, threads, terminal.progress());
  stopwatch.lap("read");
  jobs::Checkpoint checkpoint(options.checkpoint, features.rows, recipe, threads);
  const auto rows = jobs::select_components(features.rows, recipe.mixture, options.select, threads,
                                            terminal.progress(), &checkpoint);
  io::OutputGroup outputs;
  write.group = &outputs;
  if (!options.figure.empty() && threads.ranks().is_first()) {
    io::write_text(options.figure, jobs::select_figure(rows), write.overwrite, &outputs);
  }
  if (!out.empty() && threads.ranks().is_first())
    io::write_table(out, jobs::select_table(rows), write);
  outputs.commit();
  threads.ranks().meet();  // each has fits of its own, and the first one the outputs
  checkpoint.remove();
  terminal.clear_progress();

  std::vector<std::string> read = {"read " + with_commas(features.counts.read),
                                   "clustered " + with_commas(features.counts.kept)};
  add_count(read, "values out of range", features.counts.out_of_range);
  read.push_back(fmt::format("starts per fit {}", options.select.starts));
  terminal.say_items("detections  ", read);
  if (features.counts.kept > options.select.silhouette_rows)
    terminal.note(fmt::format("silhouettes of a random sample of {} detections",
                              with_commas(options.select.silhouette_rows)));
  terminal.notes(features.notes);
  std::vector<std::vector<std::string>> lines = {
      {"components", "BIC", "gradient", "AIC", "silhouette"}};
  for (const jobs::SelectRow& row : rows)
    lines.push_back({fmt::format("{}{}", row.components, row.converged ? "" : " (not converged)"),
                     fmt::format("{:.1f}", row.bic), fmt::format("{:.1f}", row.bic_gradient),
                     fmt::format("{:.1f}", row.aic),
                     row.silhouette ? fmt::format("{:.4f}", *row.silhouette) : "-"});
  print_columns(terminal, lines);
  const jobs::Choice choice = jobs::choose(rows);
  std::vector<std::string> items = {fmt::format("BIC {}", choice.bic),
                                    fmt::format("AIC {}", choice.aic),
                                    fmt::format("flattening of BIC {}", choice.bic_gradient)};
  if (choice.silhouette) items.push_back(fmt::format("silhouette {}", *choice.silhouette));
  terminal.say_items("suggested   ", items);
  for (const jobs::SelectRow& row : rows) {
    stopwatch.add("fits", row.fit_seconds);
    stopwatch.add("silhouettes", row.silhouette_seconds);
  }
  terminal.say_times(stopwatch.seconds());
}

}  // namespace

void add_select(Command& program) {
  Command command = add_command(program, "select",
                                "Compare numbers of mixture components by BIC, AIC and silhouette");
  const auto options = std::make_shared<Options>();
  command.tables("DETECTIONS", options->detections, "Table of detections, or several that are one")
      .required();
  command.option("--from", options->select.least, "Smallest number of components")
      .show_default()
      .between(1, 1000)
      .type_name("K");
  command.option("--to", options->select.most, "Largest number of components")
      .show_default()
      .between(1, 1000)
      .type_name("K");
  command.option("--starts", options->select.starts, "Starts per fit; the best one is kept")
      .show_default()
      .between(1, 10000)
      .type_name("N");
  command
      .option("--silhouette-rows", options->select.silhouette_rows,
              "Compute silhouettes of at most N detections, sampled with the seed")
      .show_default()
      .between(2, 1'000'000)
      .type_name("N");
  options->output.add(command, "Output table of the criteria");
  command.option("--figure", options->figure, "Write the criteria as an SVG figure")
      .type_name("FILE");
  add_checkpoint(command, options->checkpoint);
  options->recipe.add(command, false);
  options->recipe.add_seed(command);
  command.footer(
      "Example:\n  uhuru select csc.vot --to 12 --out criteria.csv --figure criteria.svg");
  command.action([options](Context& context) { select(context, *options); }, {}, Ranks::all);
}

}  // namespace uhuru::cli
