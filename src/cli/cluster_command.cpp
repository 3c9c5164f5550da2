#include <fmt/format.h>

#include <memory>

#include "cli.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/jobs/cluster.hpp"

namespace uhuru::cli {
namespace {

struct Options {
  jobs::ClusterOptions cluster;
  OutputOptions output;
  PartsOption parts;
  RecipeOptions recipe;
};

void cluster(Context& context, Options options) {
  Terminal& terminal = context.terminal;
  const recipe::Recipe recipe = options.recipe.load();
  jobs::ClusterOptions& cluster = options.cluster;
  context.check_for_ranks({cluster.detections});
  cluster.write = options.output.write(context, {{cluster.detections}, options.recipe.name});
  cluster.out = options.output.path;
  cluster.write.parts = options.parts.load({recipe.ra_column, recipe.dec_column},
                                           options.output.path, {cluster.detections});
  terminal.output_is_table = cluster.out == "-";
  io::check_target(cluster.out, cluster.write);
  if (!cluster.model_out.empty()) io::check_file(cluster.model_out, cluster.write.overwrite);
  const jobs::ClusterSummary summary =
      jobs::cluster_file(cluster, recipe, context.make_threads(), terminal.progress());

  std::vector<std::string> items;
  add_count(items, "read", summary.counts.read);
  add_count(items, "not selected", summary.counts.not_selected);
  for (const auto& [kind, count] : summary.counts.missing)
    add_count(items, "without " + kind, count);
  add_count(items, "clustered", summary.counts.kept);
  add_count(items, "values out of range", summary.counts.out_of_range);
  terminal.say_items("detections  ", items);
  items.clear();
  for (size_t c = 0; c < summary.sizes.size(); ++c)
    items.push_back(fmt::format("{}: {}", c, with_commas(summary.sizes[c])));
  terminal.say_items("clusters    ", items);
  items = {fmt::format("iterations {}", summary.iterations),
           fmt::format("mean log-likelihood {:.4f}", summary.mean_log_likelihood)};
  terminal.say_items("mixture     ", items);
  terminal.say_times(summary.seconds);
  terminal.notes(summary.notes);
  if (!summary.converged)
    terminal.note(fmt::format("the mixture did not converge within {} iterations",
                              recipe.mixture.max_iterations));
}

}  // namespace

void add_cluster(Command& program) {
  Command command =
      add_command(program, "cluster", "Fit the mixture and assign each detection to a cluster");
  const auto options = std::make_shared<Options>();
  command
      .tables("DETECTIONS", options->cluster.detections,
              "Table of detections, or several that are one")
      .required();
  options->output.add(command, "Output table of detections and clusters").required();
  options->parts.add(command);
  command
      .option("--model-out", options->cluster.model_out, "Also write the mixture to a model file")
      .type_name("FILE");
  add_checkpoint(command, options->cluster.checkpoint);
  options->recipe.add(command, true);
  options->recipe.add_label_column(command);
  command.footer("Example:\n  uhuru cluster csc.vot --out clusters.csv --model-out mixture.json");
  command.action([options](Context& context) { cluster(context, *options); }, {}, Ranks::all);
}

}  // namespace uhuru::cli
