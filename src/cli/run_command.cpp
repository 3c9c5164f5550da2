#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "service_options.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/table_names.hpp"
#include "uhuru/jobs/live.hpp"
#include "uhuru/report/report.hpp"
#include "uhuru/tables/run_files.hpp"

namespace uhuru::cli {
namespace {

struct Options {
  LabelledInputOptions input;
  jobs::RunOptions run;
  RecipeOptions recipe;
  QuestionOptions question;
  ClustersOption clusters;
  std::string report;
  FormatOptions format;
  bool live = false;
  jobs::LiveOptions fetch;
  DetectionOptions detections;
  MatchServiceOption match;
  ServiceOptions service;
};

void print_summary(Terminal& terminal, const jobs::RunSummary& summary, const std::string& out) {
  const jobs::ClassificationCounts& classes = summary.classification;
  std::vector<std::string> items;
  add_count(items, "read", summary.selection.read);
  add_count(items, "not selected", summary.selection.not_selected);
  for (const auto& [kind, count] : summary.selection.missing)
    add_count(items, "without " + kind, count);
  add_count(items, "without any feature", summary.selection.without_features);
  add_count(items, "clustered", summary.selection.kept);
  add_count(items, "of these incomplete", summary.selection.incomplete);
  add_count(items, "repeated", summary.selection.repeated);
  add_count(items, "values out of range", summary.selection.out_of_range);
  terminal.say_items("detections  ", items);
  items.clear();
  add_count(items, "with a class", classes.labels.with_class);
  add_count(items, "ambiguous", classes.labels.ambiguous);
  add_count(items, "other", classes.labels.other_label);
  add_count(items, "none", classes.labels.without_label);
  add_count(items, "of these contradictory", summary.matches.contradictory);
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
  terminal.notes(summary.notes);
  terminal.say("tables in " + shell_word(out) + ":");
  for (const std::string& file : summary.files) terminal.say("  " + file);
}

/// Before the run: a report must not replace what it is about.
void check_report(const Options& options) {
  namespace fs = std::filesystem;
  if (options.report.empty()) return;
  const auto same = [&](const fs::path& other) {
    std::error_code error;
    return fs::weakly_canonical(options.report, error) == fs::weakly_canonical(other, error);
  };
  std::vector<std::string> taken;
  for (const std::string& name : {options.run.detections, options.run.labels})
    if (!name.empty())
      for (std::string& table : io::expand_table_name(name)) taken.push_back(std::move(table));
  const io::Format format = options.run.write.format.value_or(io::Format::csv);
  for (const std::string& file : tables::run_file::all(format))
    taken.push_back((fs::path(options.run.out) / file).string());
  for (const std::string& file : taken)
    if (same(file))
      throw Error(ErrorKind::usage, "the report would replace another file of the run", "--report",
                  "a name of its own", file);
  const fs::path folder = fs::path(options.report).parent_path();
  std::error_code error;
  const bool is_in_run = fs::weakly_canonical(folder, error) ==
                         fs::weakly_canonical(options.run.out, error);  // which will be made
  if (!folder.empty() && !fs::is_directory(folder, error) && !is_in_run)
    throw input_error("no such folder", options.report, "a file in a folder that is there");
  io::check_file(options.report, options.run.write.overwrite);
}

constexpr const char* live_options[] = {"--restart", "--release", "--where",    "--all",  "--cone",
                                        "--columns", "--service", "--services", "--async"};

/// Without --live, throws Error (usage) if an input is missing or an option requires --live.
void check_live(const Command& command, const Options& options) {
  if (options.live) return;
  if (options.input.input.detections.empty())
    throw Error(ErrorKind::usage, "missing option", "--detections",
                "a table, or --live to fetch it");
  for (const char* name : live_options)
    if (command.find(name).given())
      throw Error(ErrorKind::usage, "the option requires --live", name, "--live");
}

/// Fetches the inputs that the options do not name.
void fetch_missing(Context& context, Options& options, const recipe::Recipe& recipe) {
  const vo::Services services = vo::load_services(options.service.services);
  options.fetch.detections = options.detections.load(options.service);
  options.fetch.match = options.match.load();
  options.fetch.asynchronous = options.service.asynchronous;
  jobs::LiveFetch fetched;
  ServiceOptions::ask(services, context.terminal, can_resume, [&](vo::HttpClient& http) {
    fetched = jobs::fetch_live(http, services, options.fetch, recipe, options.run,
                               context.make_threads(), context.terminal.progress());
  });
  if (fetched.detections) print_fetch(context.terminal, *fetched.detections);
  if (fetched.counterparts) print_fetch(context.terminal, *fetched.counterparts);
}

}  // namespace

void add_run(Command& program) {
  Command command = add_command(
      program, "run", "Cluster detections, train on labels, classify, and vote per source");
  const auto options = std::make_shared<Options>();
  options->input.add(command);
  command.find("--detections").required(false);
  command.option("--out", options->run.out, "Output folder").required().type_name("DIR");
  options->recipe.add(command, true);
  options->recipe.add_method(command);
  options->question.add(command);
  options->clusters.add(command);
  command.option("--anomalies", options->run.anomalies, "List the N most unusual detections")
      .between(0, 100000)
      .type_name("N");
  add_unique_detections(command, options->run.unique_detections);
  command.option("--report", options->report, "Also write the results as one HTML page")
      .type_name("FILE");
  add_checkpoint(command, options->run.checkpoint);
  options->format.add(command, "csv");
  command.flag("--live", options->live,
               "Fetch missing inputs from the services that the recipe names: detections from " +
                   built_in_services().detections.title + ", labels from " +
                   built_in_services().counterparts.title);
  command.flag("--restart", options->fetch.restart,
               "Fetch everything again, even what is already in DIR");
  options->detections.add(command);
  options->match.add(command);
  options->service.add(command);
  for (const char* name : live_options) command.find(name).group("With --live");
  command.footer(
      "Examples:\n  uhuru run --detections csc.vot --labels simbad.csv --out result\n"
      "  uhuru run --live --release 2.1 --out result");
  command.action(
      [options, command](Context& context) {
        check_live(command, *options);
        const recipe::Recipe recipe = options->recipe.load();
        static_cast<recipe::LabelledInput&>(options->run) = options->input.load(recipe);
        options->run.clusters = options->clusters.load(recipe);
        if (auto prior = options->question.load(recipe, recipe.method)) options->run.prior = *prior;
        options->run.coverage = options->question.coverage.value_or(options->run.coverage);
        options->run.write =
            options->format.write(context, {{}, options->recipe.name, options->clusters.name});
        check_report(*options);
        context.check_for_ranks({options->run.detections, options->run.labels});
        if (options->live && !context.ranks.is_alone())
          throw Error(ErrorKind::usage, "only one process can fetch", "--live",
                      "uhuru fetch first, then uhuru run with its tables under MPI");
        if (options->live) fetch_missing(context, *options, recipe);
        const jobs::RunSummary summary =
            run(options->run, recipe, context.make_threads(), context.terminal.progress());
        if (!context.ranks.is_first()) return;  // it has the summary
        print_summary(context.terminal, summary, options->run.out);
        if (summary.anomalies.rows()) print_anomalies(context.terminal, summary.anomalies, recipe);
        if (options->report.empty()) return;
        const report::ReportSummary page = report::write_report(
            {options->run.out, "", options->report, options->run.write.overwrite},
            context.make_threads());
        context.terminal.notes(page.notes);
        context.terminal.say("page " + shell_word(page.out));
      },
      {}, Ranks::all);
}

}  // namespace uhuru::cli
