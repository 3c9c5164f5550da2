#include <fmt/format.h>

#include <memory>

#include "cli.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/pipeline/run.hpp"

namespace uhuru::cli {
namespace {

struct Options {
  RunOptions run;
  RecipeOptions recipe;
  std::string join = "position";
  std::optional<double> radius;
  bool overwrite = false;
};

void print_summary(Terminal& terminal, const RunSummary& summary, const std::string& out) {
  const ClassificationCounts& classes = summary.classification;
  std::vector<std::string> items;
  add_count(items, "read", summary.selection.read);
  add_count(items, "not selected", summary.selection.not_selected);
  for (const auto& [kind, count] : summary.selection.missing)
    add_count(items, "without " + kind, count);
  add_count(items, "clustered", summary.selection.kept);
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
  terminal.say_items("mixture     ", items);
  items = {"classified " + with_commas(classes.classified)};
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
  command
      ->add_option("--detections", options->run.detections,
                   "Table of detections; - for standard input")
      ->required()
      ->type_name("FILE");
  command->add_option("--labels", options->run.labels, "Table of counterparts with their types")
      ->required()
      ->type_name("FILE");
  command->add_option("--out", options->run.out, "Folder for the tables")
      ->required()
      ->type_name("DIR");
  command->add_option("--join", options->join, "How labels are found: position or name")
      ->check(CLI::IsMember({"position", "name"}))
      ->capture_default_str()
      ->type_name("HOW");
  command->add_option("--radius", options->radius, "Largest separation, instead of the recipe's")
      ->check(between(0.0, 648000.0))
      ->type_name("ARCSEC");
  options->recipe.add(*command, true);
  command->add_flag("--overwrite", options->overwrite, "Replace tables that exist");
  command->footer("Example:\n  uhuru run --detections csc.vot --labels simbad.csv --out result");
  command->callback([&context, options] {
    context.action = [&context, options] {
      const Recipe recipe = options->recipe.load();
      options->run.join = options->join == "name" ? LabelJoin::name : LabelJoin::position;
      options->run.radius_arcsec = options->radius.value_or(recipe.labels.radius_arcsec);
      options->run.overwrite = options->overwrite ? Overwrite::yes : Overwrite::no;
      const RunSummary summary =
          run(options->run, recipe, context.make_threads(), context.terminal.progress());
      print_summary(context.terminal, summary, options->run.out);
    };
  });
}

}  // namespace uhuru::cli
