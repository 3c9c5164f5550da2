#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "cli.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/study/validate.hpp"
#include "uhuru/tables/run_files.hpp"

namespace uhuru::cli {
namespace {

struct Options {
  LabelledInputOptions input;
  study::ValidateOptions validate;
  RecipeOptions recipe;
  ClustersOption clusters;
  QuestionOptions question;
  std::string split = "source";
  std::optional<uint32_t> seed;
  FormatOptions format;
};

std::string shown_score(const study::Interval& score, bool narrow) {
  if (std::isnan(score.value)) return "-";
  if (narrow || std::isnan(score.low)) return fmt::format("{:.3f}", score.value);
  return fmt::format("{:.3f} ({:.2f}–{:.2f})", score.value, score.low, score.high);
}

/// The main scores per detection and per source, those of classes and groups side by side.
void print_scores(Terminal& terminal, const std::vector<study::Evaluation>& evaluations) {
  constexpr int width_of_intervals = 76;
  const bool narrow = Terminal::width(stdout, width_of_intervals) < width_of_intervals;
  std::vector<std::vector<std::string>> lines = {{"level", "score", "classes", "groups"}};
  for (size_t e = 0; e + 1 < evaluations.size(); e += 2) {
    const study::Scores<study::Interval>&classes = evaluations[e].scores,
          &groups = evaluations[e + 1].scores;
    const auto add = [&](const char* name, const study::Interval& of_classes,
                         const study::Interval& of_groups) {
      if (std::isnan(of_classes.value) && std::isnan(of_groups.value)) return;
      lines.push_back({"", name, shown_score(of_classes, narrow), shown_score(of_groups, narrow)});
    };
    const size_t begin = lines.size();
    add("accuracy", classes.accuracy, groups.accuracy);
    add("balanced accuracy", classes.balanced_accuracy, groups.balanced_accuracy);
    add("  with equal priors", classes.balanced_accuracy_equal_priors,
        groups.balanced_accuracy_equal_priors);
    add("log loss", classes.log_loss, groups.log_loss);
    add("Brier score", classes.brier, groups.brier);
    add("calibration error", classes.calibration_error, groups.calibration_error);
    if (begin < lines.size()) lines[begin][0] = evaluations[e].level;
  }
  print_columns(terminal, lines);
}

/// Coverage and size of the sets, and what was said and true by number of detections.
void print_sources(Terminal& terminal, const study::SourceStudy& study, double coverage) {
  std::vector<std::string> items;
  for (const study::SetScores& of : study.sets)
    items.push_back(fmt::format("{} {:.2f} ({:.2f}–{:.2f}) of size {:.1f}",
                                of.group.empty() ? "all" : of.group, of.coverage.value,
                                of.coverage.low, of.coverage.high, of.mean_size));
  if (!items.empty()) terminal.say_items(fmt::format("{:g} % sets   ", 100 * coverage), items);
  std::vector<std::vector<std::string>> lines = {
      {"group", "detections", "sources", "probability said", "true"}};
  for (const study::CountReliability& of : study.by_detections)
    lines.push_back(
        {of.group,
         of.most == 0          ? fmt::format("{} or more", of.least)
         : of.most == of.least ? fmt::format("{}", of.least)
                               : fmt::format("{}–{}", of.least, of.most),
         with_commas(of.sources), fmt::format("{:.3f}", of.said),
         fmt::format("{:.3f} ({:.2f}–{:.2f})", of.truth.value, of.truth.low, of.truth.high)});
  print_columns(terminal, lines);
}

void validate_command(Context& context, Options& options) {
  Terminal& terminal = context.terminal;
  const recipe::Recipe recipe = options.recipe.load();
  static_cast<recipe::LabelledInput&>(options.validate) = options.input.load(recipe);
  context.check_for_ranks({options.validate.detections, options.validate.labels});
  options.validate.clusters = options.clusters.load(recipe);
  options.validate.split = options.split == "source"      ? study::SplitBy::source
                           : options.split == "detection" ? study::SplitBy::detection
                                                          : study::SplitBy::region;
  options.validate.seed = options.recipe.seed.value_or(recipe.mixture.seed);
  const bool bayes = recipe.method == method::Method::bayes;
  options.validate.prior = options.question.load(recipe, recipe.method).value_or(method::Prior{});
  options.validate.coverage = options.question.coverage.value_or(options.validate.coverage);
  options.validate.write =
      options.format.write(context, {{}, options.recipe.name, options.clusters.name});
  const study::ValidateSummary summary =
      validate(options.validate, recipe, context.make_threads(), terminal.progress());
  if (!context.ranks.is_first()) return;  // it has the summary
  terminal.clear_progress();
  std::vector<std::string> items = {"read " + with_commas(summary.selection.read)};
  add_count(items, "labelled", summary.labels.with_class);
  add_count(items, "in folds", summary.detections);
  items.push_back("of sources " + with_commas(summary.sources));
  add_count(items, "predictions without class", summary.without_class);
  add_count(items, "values out of range", summary.selection.out_of_range);
  terminal.say_items("detections  ", items);
  items.clear();
  for (const study::ClassSample& sample : summary.classes)
    if (sample.excluded.empty())
      items.push_back(fmt::format("{} {} ({})", sample.name, with_commas(sample.detections),
                                  with_commas(sample.sources)));
  terminal.say_items("classes     ", items);
  for (const study::ClassSample& sample : summary.classes)
    if (!sample.excluded.empty())
      terminal.note(fmt::format("class {} excluded: {}", sample.name, sample.excluded));
  terminal.say_items("folds       ",
                     {fmt::format("{} by {}", options.validate.folds, options.split),
                      fmt::format("repeats {}", options.validate.repeats),
                      "method " + std::string(recipe::method_name(recipe.method)),
                      options.validate.weighing(recipe) == method::Drawn::sources
                          ? "scores of detections count each source once"
                          : "scores count each detection once"});
  terminal.say("");
  print_scores(terminal, summary.evaluations);
  if (bayes) {
    terminal.say("");
    print_sources(terminal, summary.of_sources, options.validate.coverage);
  }
  terminal.say("");
  terminal.notes(summary.notes);
  std::string files = "validation.json, ";
  for (const char* table : {"metrics", "predictions", "source_predictions"})
    files += tables::run_file::table_name(table,
                                          options.validate.write.format.value_or(io::Format::csv)) +
             ", ";
  terminal.say("files in " + shell_word(options.validate.out) + ": " + files + "figures (.svg)");
}

}  // namespace

void add_validate(Command& program) {
  Command command =
      add_command(program, "validate", "Cross-validate the whole method on labelled detections");
  const auto options = std::make_shared<Options>();
  study::ValidateOptions& validate = options->validate;
  options->input.add(command);
  command.option("--out", validate.out, "Output folder").required().type_name("DIR");
  options->recipe.add(command, true);
  options->recipe.add_method(command);
  options->clusters.add(command);
  options->question.add(command);
  command
      .option("--split", options->split,
              "Detections kept in the same fold: those of a source, of a region (a HEALPix cell), "
              "or none (detection; as published)")
      .one_of({"source", "detection", "region"})
      .show_default()
      .type_name("BY");
  command.option("--order", validate.region_order, "HEALPix order of the regions")
      .between(0, 12)
      .show_default()
      .type_name("N");
  command.option("--folds", validate.folds, "Number of folds")
      .between(2, 1000)
      .show_default()
      .type_name("N");
  command
      .option("--repeats", validate.repeats,
              "Number of cross-validations, each with a different seed")
      .between(1, 1000)
      .show_default()
      .type_name("N");
  command
      .option("--threshold", validate.threshold,
              "Exclude detections and sources less probable than P")
      .between(0.0, 1.0)
      .type_name("P");
  command
      .option("--bootstrap", validate.replicates,
              "Bootstrap samples of sources for the intervals; 0: no intervals")
      .between(0, 100000)
      .show_default()
      .type_name("N");
  options->format.add(command, "csv");
  command.footer(
      "Each repeat assigns the folds with the next seed: S, S+1, … `uhuru report` shows the\n"
      "results if they are in the folder of the run or given with --validation.\n"
      "Example:\n  uhuru validate --detections csc.vot --labels simbad.csv --method bayes --out v");
  command.action([options](Context& context) { validate_command(context, *options); }, {},
                 Ranks::all);
}

}  // namespace uhuru::cli
