#include <fmt/format.h>

#include <memory>

#include "cli.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/pipeline/run.hpp"

namespace uhuru::cli {
namespace {

struct Options {
  std::string detections, model_out;
  OutputOptions output;
  RecipeOptions recipe;
};

void cluster(Context& context, const Options& options) {
  Terminal& terminal = context.terminal;
  const Recipe recipe = options.recipe.load();
  const WriteOptions write = options.output.write(context);
  terminal.output_is_table = options.output.path == "-";
  check_target(options.output.path, write.overwrite);
  if (!options.model_out.empty()) check_target(options.model_out, write.overwrite);
  const auto reader = open_table(options.detections, context.make_threads());
  const Detections detections = read_detections(*reader, recipe, terminal.progress());
  const Clustering clustering =
      cluster_detections(detections, recipe, context.make_threads(), terminal.progress());
  const auto labels = own_labels(detections, recipe);
  write_table(
      options.output.path,
      cluster_table(detections.table, labels, clustering.fit.labels, detections.features, recipe),
      write);
  if (!options.model_out.empty())
    save_model(model_of(detections, clustering, recipe), options.model_out, write.overwrite);

  std::vector<std::string> items;
  add_count(items, "read", detections.counts.read);
  add_count(items, "not selected", detections.counts.not_selected);
  for (const auto& [kind, count] : detections.counts.missing)
    add_count(items, "without " + kind, count);
  add_count(items, "clustered", detections.counts.kept);
  terminal.say_items("detections  ", items);
  std::vector<uint64_t> sizes(static_cast<size_t>(recipe.mixture.components), 0);
  for (const int cluster : clustering.fit.labels) ++sizes[static_cast<size_t>(cluster)];
  items.clear();
  for (size_t c = 0; c < sizes.size(); ++c)
    items.push_back(fmt::format("{}: {}", c, with_commas(sizes[c])));
  terminal.say_items("clusters    ", items);
  items = {fmt::format("iterations {}", clustering.fit.iterations),
           fmt::format("mean log-likelihood {:.4f}", clustering.fit.mean_log_likelihood)};
  terminal.say_items("mixture     ", items);
  for (const std::string& note : detections.notes) terminal.note(note);
  if (!clustering.fit.converged)
    terminal.note(fmt::format("the mixture did not settle within {} iterations",
                              recipe.mixture.max_iterations));
}

}  // namespace

void add_cluster(CLI::App& app, Context& context) {
  CLI::App* command =
      add_command(app, context, "cluster", "Fit the mixture and give each detection its cluster");
  const auto options = std::make_shared<Options>();
  command->add_option("DETECTIONS", options->detections, "Table of detections")->required();
  options->output.add(*command, "Table of clusters");
  command->add_option("--model-out", options->model_out, "Model file for the mixture")
      ->type_name("FILE");
  options->recipe.add(*command, true);
  command->footer("Example:\n  uhuru cluster csc.vot --out clusters.csv --model-out mixture.json");
  command->callback([&context, options] {
    context.action = [&context, options] { cluster(context, *options); };
  });
}

}  // namespace uhuru::cli
