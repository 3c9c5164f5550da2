#include <memory>

#include "cli.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/jobs/predict.hpp"

namespace uhuru::cli {
namespace {

struct Options {
  std::string detections, model = "csc2-published", vote, explain, recipe;
  size_t anomalies = 0;
  bool unique_detections = false;
  OutputOptions output;
  PartsOption parts;
  QuestionOptions question;
};

void predict_command(Context& context, const Options& options) {
  Terminal& terminal = context.terminal;
  context.check_for_ranks({options.detections});
  model::RecipeModel model = model::load_model(options.model);
  if (!options.recipe.empty()) model::check_recipe(model, recipe::load_recipe(options.recipe));
  if (auto prior = options.question.load(model.recipe, model.method())) model.prior = *prior;
  model.coverage = options.question.coverage.value_or(model.coverage);
  jobs::PredictOptions predict;
  predict.detections = options.detections;
  predict.out = options.output.path;
  predict.write =
      options.output.write(context, {{options.detections}, "", options.model, model.recipe.name});
  predict.write.parts = options.parts.load({model.recipe.ra_column, model.recipe.dec_column},
                                           predict.out, {options.detections});
  if (!options.vote.empty()) predict.vote_folder = options.vote;
  predict.anomalies = options.anomalies;
  predict.explain = options.explain;
  predict.unique_detections = options.unique_detections;
  terminal.output_is_table = options.output.path == "-";
  const jobs::PredictSummary summary =
      jobs::predict_table(predict, model, context.make_threads(), terminal.progress());
  std::vector<std::string> items = {"read " + with_commas(summary.read),
                                    "classified " + with_commas(summary.classified)};
  add_count(items, "of these with missing features", summary.with_missing);
  add_count(items, "without any feature", summary.without_features);
  add_count(items, "without class", summary.without_class);
  add_count(items, "repeated", summary.repeated);
  add_count(items, "values out of range", summary.out_of_range);
  terminal.say_items("detections  ", items);
  if (summary.anomalies.rows()) print_anomalies(terminal, summary.anomalies, model.recipe);
  if (summary.votes) print_votes(terminal, *summary.votes, options.vote, predict.write.format);
  terminal.notes(summary.notes);
  if (!summary.absent.empty())
    terminal.note("features not in the table, treated as missing: " + join(summary.absent, ", "));
  if (summary.shared.measurements && !options.unique_detections)
    terminal.note("--unique-detections takes each measurement once");
}

}  // namespace

void add_predict(Command& program) {
  Command command =
      add_command(program, "predict", "Classify your own detections with a trained model");
  const auto options = std::make_shared<Options>();
  command
      .tables("DETECTIONS", options->detections,
              "Table of detections, or several that are one: names, a pattern, a folder, @list; -: "
              "standard input")
      .required();
  command.option("--model", options->model, "Built-in model or model file")
      .show_default()
      .type_name("MODEL");
  options->output.add(command, "Output table of class probabilities, one row per detection")
      .required();
  options->parts.add(command);
  command
      .option("--vote", options->vote,
              "Also vote per source and write the tables of sources to this folder")
      .not_empty()
      .type_name("DIR");
  command
      .option("--explain", options->explain,
              "Also write a table of what each feature says for and against each class (method "
              "bayes)")
      .type_name("FILE");
  command.option("--anomalies", options->anomalies, "List the N most unusual detections")
      .between(0, 100000)
      .type_name("N");
  options->question.add(command);
  add_unique_detections(command, options->unique_detections);
  command.option("--recipe", options->recipe, "Fail if the model has a different recipe")
      .type_name("RECIPE");
  command.footer(
      "Models of the method bayes integrate over missing features; others replace them with the\n"
      "median of the training set. The column features_missing counts them.\n"
      "Examples:\n  uhuru predict my.vot --out classes.csv --vote sources\n"
      "  uhuru predict fields/*.fits --out classes.csv");
  command.action([options](Context& context) { predict_command(context, *options); }, {},
                 Ranks::all);
}

}  // namespace uhuru::cli
