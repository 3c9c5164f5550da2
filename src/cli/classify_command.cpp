#include <fmt/format.h>

#include <memory>

#include "cli.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/jobs/classify.hpp"
#include "uhuru/tables/tables.hpp"

namespace uhuru::cli {
namespace {

struct Options {
  std::string clustered;
  OutputOptions output;
  RecipeOptions recipe;
};

void classify(Context& context, const Options& options) {
  Terminal& terminal = context.terminal;
  const recipe::Recipe recipe = options.recipe.load();
  const io::WriteOptions write =
      options.output.write(context, {{options.clustered}, options.recipe.name});
  terminal.output_is_table = options.output.path == "-";
  io::check_file(options.output.path, write.overwrite);
  const auto reader = io::open_table(options.clustered, context.make_threads());
  const recipe::ClusteredDetections input =
      recipe::read_clustered(*reader, recipe, terminal.progress());
  const jobs::Classification result = jobs::classify_clustered(
      input, recipe::own_labels(input.detections.table, recipe), recipe, context.make_threads());
  const auto format = write.format ? write.format : io::format_of_name(options.output.path);
  const bool is_plain = !format || !io::has_metadata(*format);
  io::write_table(options.output.path,
                  is_plain ? tables::with_row_numbers(result.table) : result.table, write);
  std::vector<std::string> items;
  add_count(items, "read", input.detections.counts.read);
  for (const auto& [kind, count] : input.detections.counts.missing)
    add_count(items, "without " + kind, count);
  add_count(items, "training", result.counts.labels.with_class);
  add_count(items, "other labels", result.counts.labels.other_label);
  items.push_back("classified " + with_commas(result.counts.classified));
  add_count(items, "without class", result.counts.without_class);
  add_count(items, "values out of range", input.detections.counts.out_of_range);
  terminal.say_items("detections  ", items);
  terminal.notes(result.notes);
}

}  // namespace

void add_classify(Command& program) {
  Command command =
      add_command(program, "classify",
                  "Train on the labelled rows of clustered detections and classify all rows");
  const auto options = std::make_shared<Options>();
  command
      .tables("CLUSTERED", options->clustered,
              "Table with cluster, label and feature columns, as written by cluster and run")
      .required();
  options->output.add(command, "Output table of class probabilities").required();
  options->recipe.add(command, false);
  options->recipe.add_label_column(command);
  command.footer("Example:\n  uhuru classify result/clusters.csv --out classes.csv");
  command.action([options](Context& context) { classify(context, *options); });
}

}  // namespace uhuru::cli
