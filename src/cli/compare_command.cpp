#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/json.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/input.hpp"
#include "uhuru/io/table_names.hpp"
#include "uhuru/study/compare.hpp"
#include "uhuru/study/propose_map.hpp"
#include "uhuru/tables/file_record.hpp"

namespace uhuru::cli {
namespace {

using Json = nlohmann::ordered_json;
using Lines = std::vector<std::vector<std::string>>;

struct Options {
  std::string ours, theirs, map, new_map, their_class, out, csv;
  std::string join = "name";
  study::CompareOptions compare;
  RecipeOptions recipe;
  FormatOptions format;
};

std::string number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.3f}", value); }

std::string with_interval(const std::string& name, const study::Interval& score) {
  return fmt::format("{} {} ({}…{})", name, number(score.value), number(score.low),
                     number(score.high));
}

/// Prints the nonzero counts after `head`, largest first.
void say_counts(Terminal& terminal, const std::string& head, size_t width,
                const std::vector<std::string>& labels, const std::vector<size_t>& counts) {
  std::vector<size_t> order;
  for (size_t c = 0; c < counts.size(); ++c)
    if (counts[c]) order.push_back(c);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return counts[a] > counts[b]; });
  std::vector<std::string> items;
  items.reserve(order.size());
  for (const size_t c : order)
    items.push_back(fmt::format("{} {}", labels[c], with_commas(counts[c])));
  terminal.say_items(head + std::string(width - std::min(width, head.size()) + 2, ' '), items);
}

/// The matrix, its columns headed by their names or, to save width, by their numbers.
Lines confusion_lines(const study::Evaluation& evaluation, bool with_names) {
  const auto& labels = evaluation.labels;
  Lines lines = {{""}};
  for (size_t row = 0; row < labels.size(); ++row) {
    lines[0].push_back(with_names ? labels[row] : fmt::format("{}", row + 1));
    lines.push_back({with_names ? labels[row] : fmt::format("{} {}", row + 1, labels[row])});
    for (const double count : evaluation.confusion.row(static_cast<Eigen::Index>(row)))
      lines.back().push_back(fmt::format("{}", count));
  }
  return lines;
}

size_t width_of(const Lines& lines) {
  size_t sum = 0;
  for (size_t column = 0; column < lines[0].size(); ++column) {
    size_t width = 0;
    for (const auto& line : lines) width = std::max(width, line[column].size());
    sum += width + (column ? 2 : 0);
  }
  return sum;
}

/// As a matrix if the terminal is wide enough, otherwise row by row.
void print_confusion(Terminal& terminal, const study::Evaluation& evaluation) {
  const auto columns = static_cast<size_t>(Terminal::width(stdout, 1 << 20));
  for (const bool with_names : {true, false}) {
    const Lines lines = confusion_lines(evaluation, with_names);
    if (width_of(lines) <= columns) return print_columns(terminal, lines);
  }
  for (size_t row = 0; row < evaluation.labels.size(); ++row) {
    const auto counts = evaluation.confusion.row(static_cast<Eigen::Index>(row));
    say_counts(terminal, evaluation.labels[row], 12, evaluation.labels,
               std::vector<size_t>(counts.begin(), counts.end()));
  }
}

void print_evaluation(Terminal& terminal, const study::Evaluation& evaluation) {
  const auto& scores = evaluation.scores;
  terminal.say("");
  terminal.say(evaluation.of + ", rows: theirs, columns: ours");
  print_confusion(terminal, evaluation);
  Lines lines = {{"", "support", "precision", "recall", "F1"}};
  for (size_t c = 0; c < evaluation.labels.size(); ++c) {
    const double support = evaluation.confusion.row(static_cast<Eigen::Index>(c)).sum();
    const auto& label = scores.labels[c];
    const auto shown_score = [&](const study::Interval& score) {
      return support > 0 ? number(score.value) : "-";
    };
    lines.push_back({evaluation.labels[c], fmt::format("{}", support), shown_score(label.precision),
                     shown_score(label.recall), shown_score(label.f1)});
  }
  print_columns(terminal, lines);
  terminal.say_items("", {with_interval("accuracy", scores.accuracy),
                          with_interval("balanced accuracy", scores.balanced_accuracy),
                          with_interval("macro F1", scores.macro_f1)});
}

/// Prints, for each of their classes, the counts of our classes.
void print_cross(Terminal& terminal, const study::Comparison& comparison,
                 const recipe::Recipe& recipe) {
  constexpr size_t widest = 20;
  size_t width = 0;
  for (const auto& [their_class, counts] : comparison.cross)
    width = std::max(width, shown(their_class, widest).size());
  terminal.say("");
  terminal.say("their classes, and our classes of the same rows");
  for (const auto& [their_class, counts] : comparison.cross)
    say_counts(terminal, shown(their_class, widest), width, recipe.classes, counts);
}

void print_counts(Terminal& terminal, const study::CompareCounts& counts) {
  std::vector<std::string> items = {"ours " + with_commas(counts.ours),
                                    "theirs " + with_commas(counts.theirs)};
  add_count(items, "ours without class", counts.without_class);
  add_count(items, "without counterpart", counts.unmatched);
  add_count(items, "counterpart without class", counts.theirs_without_class);
  size_t excluded = 0;
  for (const auto& [their_class, count] : counts.excluded) excluded += count;
  add_count(items, "counterpart with a class not in the map", excluded);
  items.push_back("compared " + with_commas(counts.compared));
  terminal.say_items("rows        ", items);
}

Json record(const Options& options, const io::Input& ours, const io::Input& theirs,
            const study::ClassMap& map, const study::Comparison& comparison,
            const recipe::Recipe& recipe) {
  Json json = {{"uhuru_version", UHURU_VERSION},
               {"recipe", recipe.name},
               {"map", map.name},
               {"ours", tables::file_record(ours)},
               {"theirs", tables::file_record(theirs)},
               {"join", options.join}};
  if (options.join == "position") json["radius_arcsec"] = options.compare.radius_arcsec;
  json.update(study::comparison_json(comparison, recipe));
  return json;
}

/// Writes a map for their table, to be changed.
void write_map(Context& context, const Options& options) {
  const io::Overwrite overwrite = options.format.replace();
  io::check_file(options.new_map, overwrite);
  const recipe::Recipe recipe = options.recipe.load();
  const Threads threads = context.make_threads();
  const Table ours = io::read_table(options.ours, threads);
  const Table theirs = io::read_table(options.theirs, threads);
  const std::string name = io::table_stem(options.theirs);
  const std::string text = study::propose_map(ours, theirs, {name, options.their_class}, recipe,
                                              options.compare, threads);
  io::write_text(options.new_map, text, overwrite);
  if (options.new_map != "-")
    context.terminal.say("map " + options.new_map + "; check it, then: uhuru compare " +
                         shell_word(options.ours) + " " + shell_word(options.theirs) + " --map " +
                         shell_word(options.new_map) +
                         (options.recipe.name == RecipeOptions().name
                              ? ""
                              : " --recipe " + shell_word(options.recipe.name)));
}

void run_compare(Context& context, const Options& options) {
  Terminal& terminal = context.terminal;
  const io::Overwrite overwrite = options.format.replace();
  if (!options.out.empty() && options.out == options.csv)
    throw Error(ErrorKind::usage, "two outputs have the same name", "--out, --csv");
  for (const std::string& output : {options.out, options.csv}) {
    if (!output.empty()) io::check_file(output, overwrite);
    if (output == "-") terminal.output_is_table = true;
  }
  const recipe::Recipe recipe = options.recipe.load();
  const study::ClassMap map = study::load_class_map(options.map, recipe);
  const Threads threads = context.make_threads();
  const io::Input ours(options.ours);
  const io::Input theirs(options.theirs);
  const Table our_table = io::read_table(*ours.open(threads));
  const Table their_table = io::read_table(*theirs.open(threads));
  const study::Comparison comparison =
      compare(our_table, their_table, map, recipe, options.compare, threads);
  io::OutputGroup outputs;
  io::WriteOptions write =
      options.format.write(context, {{options.ours, options.theirs}, options.recipe.name});
  write.group = &outputs;
  if (!write.format && !io::format_of_name(options.csv)) write.format = io::Format::csv;
  if (!options.out.empty()) {
    io::write_text(options.out,
                   readable_json(record(options, ours, theirs, map, comparison, recipe)), overwrite,
                   &outputs);
  }
  if (!options.csv.empty()) io::write_table(options.csv, comparison.joined, write);
  outputs.commit();
  print_counts(terminal, comparison.counts);
  for (const study::Evaluation& evaluation : comparison.evaluations)
    print_evaluation(terminal, evaluation);
  print_cross(terminal, comparison, recipe);
  terminal.notes(our_table.notes);
  terminal.notes(their_table.notes);
  terminal.notes(comparison.notes);
}

}  // namespace

void add_compare(Command& program) {
  Command command =
      add_command(program, "compare", "Compare classifications with those of another catalog");
  const auto options = std::make_shared<Options>();
  command
      .option("OURS", options->ours,
              "Table with one class per row; a pattern, a folder or @list: several")
      .required();
  command.option("THEIRS", options->theirs, "Table of the other catalog").required();
  command
      .option("--map", options->map,
              "Columns and classes of THEIRS: muwclass, or a TOML file like maps/muwclass.toml")
      .type_name("MAP");
  command
      .option("--new-map", options->new_map,
              "Propose a map for THEIRS instead: its columns, classes of the same name, counts")
      .type_name("FILE");
  command
      .option("--their-class-column", options->their_class,
              "With --new-map: the column of classes of THEIRS (default: one that looks like it)")
      .type_name("COLUMN");
  command.option("--join", options->join, "Join rows by name or by position")
      .one_of({"name", "position"})
      .show_default()
      .type_name("HOW");
  command
      .option("--radius", options->compare.radius_arcsec,
              "Maximum separation when joining by position")
      .between(0.0, 648000.0)
      .show_default()
      .type_name("ARCSEC");
  command
      .option("--class-column", options->compare.class_column,
              "Class column of OURS (default: the first of class_name, class, master_class, "
              "soft_master_class, main_type)")
      .type_name("COLUMN");
  command.option("--out", options->out, "Write all metrics, with intervals, as JSON")
      .type_name("FILE");
  command.option("--csv", options->csv, "Write the joined rows: name, ours, theirs, mapped")
      .type_name("FILE");
  options->format.add(command, "from the file name, or csv");
  options->recipe.add(command, false);
  command.footer(
      "Examples:\n  uhuru compare result/sources.csv muwclass.csv --map muwclass\n"
      "  uhuru compare result/sources.csv other.csv --new-map other.toml");
  command.action([options](Context& context) {
    options->compare.join =
        options->join == "name" ? recipe::LabelJoin::name : recipe::LabelJoin::position;
    if (options->map.empty() == options->new_map.empty())
      throw Error(ErrorKind::usage, "a comparison needs a map", "--map or --new-map",
                  "one of them");
    if (!options->new_map.empty() && !(options->out + options->csv).empty())
      throw Error(ErrorKind::usage, "a proposal of a map compares nothing", "--out, --csv",
                  "--map");
    if (options->new_map.empty())
      run_compare(context, *options);
    else
      write_map(context, *options);
  });
}

}  // namespace uhuru::cli
