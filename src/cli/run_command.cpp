#include <fmt/format.h>

#include <memory>

#include "cli.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/pipeline/run.hpp"

namespace uhuru::cli {
namespace {

struct Options {
  LabelledInputOptions input;
  RunOptions run;
  RecipeOptions recipe;
  ClustersOption clusters;
  bool overwrite = false;
};

void print_summary(Terminal& terminal, const RunSummary& summary, const std::string& out) {
  const ClassificationCounts& classes = summary.classification;
  std::vector<std::string> items;
  add_count(items, "read", summary.selection.read);
  add_count(items, "not selected", summary.selection.not_selected);
  for (const auto& [kind, count] : summary.selection.missing)
    add_count(items, "without " + kind, count);
  add_count(items, "without any feature", summary.selection.without_features);
  add_count(items, "clustered", summary.selection.kept);
  add_count(items, "of these incomplete", summary.selection.incomplete);
  terminal.say_items("detections  ", items);
  items.clear();
  add_count(items, "with a class", classes.labels.with_class);
  add_count(items, "ambiguous", classes.labels.ambiguous);
  add_count(items, "other", classes.labels.other_label);
  add_count(items, "none", classes.labels.without_label);
  terminal.say_items("labels      ", items);
  items = {fmt::format("components {}", summary.components),
           fmt::format("iterations {}", summary.iterations),
           fmt::format("mean log-likelihood {:.4f}", summary.mean_log_likelihood)};
  if (summary.iterations == 0) items.resize(1);  // taken from a model
  terminal.say_items("mixture     ", items);
  items = {"classified " + with_commas(classes.classified)};
  add_count(items, "of these with missing features", summary.with_missing);
  add_count(items, "without class", classes.without_class);
  terminal.say_items("classes     ", items);
  items = {"unique " + with_commas(summary.sources_unique),
           "ambiguous " + with_commas(summary.sources_ambiguous)};
  add_count(items, "without class", summary.sources_without_class);
  terminal.say_items("sources     ", items);
  terminal.say_times(summary.seconds);
  for (const std::string& note : summary.notes) terminal.note(note);
  terminal.say("tables in " + shell_word(out) + ":");
  for (const std::string& file : summary.files) terminal.say("  " + file);
}

}  // namespace

void add_run(CLI::App& app, Context& context) {
  CLI::App* command =
      add_command(app, context, "run",
                  "Cluster detections, learn the classes from labels, classify, vote per source");
  const auto options = std::make_shared<Options>();
  options->input.add(*command);
  command->add_option("--out", options->run.out, "Folder for the tables")
      ->required()
      ->type_name("DIR");
  options->recipe.add(*command, true);
  options->recipe.add_method(*command);
  options->clusters.add(*command);
  command->add_option("--anomalies", options->run.anomalies, "List so many of the most unusual")
      ->check(between<size_t>(0, 100000))
      ->type_name("N");
  command->add_flag("--overwrite", options->overwrite, "Replace tables that exist");
  command->footer("Example:\n  uhuru run --detections csc.vot --labels simbad.csv --out result");
  command->callback([&context, options] {
    context.action = [&context, options] {
      const Recipe recipe = options->recipe.load();
      static_cast<LabelledInput&>(options->run) = options->input.load(recipe);
      options->run.clusters = options->clusters.load(recipe);
      options->run.overwrite = options->overwrite ? Overwrite::yes : Overwrite::no;
      const RunSummary summary =
          run(options->run, recipe, context.make_threads(), context.terminal.progress());
      print_summary(context.terminal, summary, options->run.out);
      if (summary.anomalies.rows()) print_anomalies(context.terminal, summary.anomalies, recipe);
    };
  });
}

}  // namespace uhuru::cli
