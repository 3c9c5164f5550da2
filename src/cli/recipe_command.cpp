#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "cli.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/io/table_names.hpp"
#include "uhuru/recipe/check_table.hpp"
#include "uhuru/recipe/propose.hpp"
#include "uhuru/study/table_list.hpp"

namespace uhuru::cli {
namespace {

std::string part_of(uint64_t part, uint64_t whole) {
  if (whole == 0 || part == 0) return with_commas(part);
  // Only all is 100 %, and only none is 0 %.
  const uint64_t percent = 100 * part / whole;
  return fmt::format("{} ({} %)", with_commas(part), percent == 0 ? "<1" : std::to_string(percent));
}

void add_list(Command& parent) {
  Command command = add_command(parent, "list", "List the built-in recipes");
  command.footer("Example:\n  uhuru recipe list");
  command.action([](Context& context) {
    std::vector<std::vector<std::string>> rows = {{"recipe", "method", "description"}};
    for (const std::string& name : recipe::built_in_recipes()) {
      const recipe::Recipe recipe = recipe::load_recipe(name);
      rows.push_back({name, std::string(recipe::method_name(recipe.method)), recipe.description});
    }
    print_columns(context.terminal, rows);
  });
}

void add_show_recipe(Command& parent) {
  Command command =
      add_command(parent, "show", "Print a recipe, for example to change it in a file of your own");
  const auto name = std::make_shared<std::string>();
  command.option("RECIPE", *name, "Built-in recipe or TOML file").required();
  command.footer("Example:\n  uhuru recipe show 4xmm > mine.toml");
  command.action([name](Context&) {
    const std::string text = recipe::load_recipe(*name).text;
    fmt::print("{}{}", text, text.ends_with('\n') ? "" : "\n");
  });
}

struct NewOptions {
  std::string table, label_column, name, out;
  bool overwrite = false;
};

/// "xmm4_dr13.csv" -> "xmm4_dr13"
std::string stem(const std::string& table) {
  std::string name = io::table_stem(table);
  std::erase_if(name, [](char c) { return static_cast<unsigned char>(c) < ' '; });
  return name.empty() || name == "-" ? "mine" : name;
}

void add_new(Command& parent) {
  Command command =
      add_command(parent, "new", "Propose a recipe for a table; comments say what to decide");
  const auto options = std::make_shared<NewOptions>();
  command.tables("TABLE", options->table, "Table, or several that are one; -: standard input")
      .required();
  command
      .option("--label-column", options->label_column,
              "Column of the labels (default: one that looks like it)")
      .type_name("COLUMN");
  command.option("--name", options->name, "Name of the recipe (default: that of the table)")
      .type_name("NAME");
  command.option("--out", options->out, "TOML file (default: standard output)").type_name("FILE");
  command.flag("--overwrite", options->overwrite, "Replace an existing file");
  command.footer(
      "Example:\n  uhuru recipe new sources.csv --out mine.toml\n"
      "  uhuru recipe check mine.toml sources.csv");
  command.action([options](Context& context) {
    Terminal& terminal = context.terminal;
    const auto replace = io::overwrite_if(options->overwrite);
    if (!options->out.empty()) io::check_file(options->out, replace);
    const auto reader = io::open_table(options->table, context.make_threads());
    const std::string text = recipe::propose_recipe(
        *reader, options->name.empty() ? stem(options->table) : options->name,
        options->label_column, terminal.progress());
    terminal.clear_progress();
    if (options->out.empty()) {
      fmt::print("{}", text);
    } else {
      io::write_text(options->out, text, replace);
      terminal.say("recipe " + options->out + "; next: uhuru recipe check " +
                   shell_word(options->out) + " " + shell_words(options->table));
    }
    try {
      recipe::parse_recipe(text, options->out.empty() ? "the recipe" : options->out);
    } catch (const Error& error) {
      terminal.note("the recipe is not complete yet: " + error.message() +
                    (error.expected().empty() ? "" : ", expected " + error.expected()) +
                    (error.found().empty() ? "" : "\n  " + error.found()));
    }
    terminal.notes(reader->remarks());
  });
}

void print_recipe(Terminal& terminal, const recipe::Recipe& recipe) {
  terminal.say_items(
      "recipe      ",
      {recipe.name, fmt::format("features {}", recipe.features.size()),
       fmt::format("classes {} in {} groups", recipe.classes.size(), recipe.group_names().size()),
       fmt::format("method {}", recipe::method_name(recipe.method)),
       recipe.has_positions() ? "with positions" : "without positions",
       recipe.observation_column.empty() ? "one row per source" : "several rows per source"});
}

void print_check(Terminal& terminal, const recipe::TableCheck& check) {
  std::vector<std::string> columns;
  for (const auto& [name, found] : check.columns)
    columns.push_back(found.empty() ? name + " (absent)" : found);
  terminal.say_items("columns     ", columns);
  terminal.say_items(
      "rows        ",
      {"read " + with_commas(check.rows), "selected " + part_of(check.selected, check.rows),
       "with every feature " + part_of(check.complete, check.selected),
       "with any " + part_of(check.with_any_feature, check.selected)});
  terminal.say("");
  std::vector<std::vector<std::string>> rows = {
      {"feature", "rows", "marked", "outside", "errors", "from"}};
  for (const auto& feature : check.features)
    rows.push_back({feature.name,
                    feature.source.empty() ? "absent" : part_of(feature.rows, check.selected),
                    feature.marked ? with_commas(feature.marked) : "-",
                    feature.outside ? with_commas(feature.outside) : "-",
                    feature.has_errors ? "yes" : "-", feature.source});
  print_columns(terminal, rows);
  if (!check.conditions.empty()) {
    rows = {{"condition", "rows"}};
    for (const auto& [condition, count] : check.conditions)
      rows.push_back({condition, part_of(count, check.rows)});
    terminal.say("");
    print_columns(terminal, rows);
  }
  terminal.say("");
  if (check.label_columns.empty()) {
    terminal.say("labels      none in this table: give a table of them to run (--labels)");
    return;
  }
  std::vector<std::string> items = {"in " + join(check.label_columns, ", then ")};
  for (const auto& [name, count] : check.classes) items.push_back(name + " " + with_commas(count));
  add_count(items, "ambiguous", check.ambiguous);
  add_count(items, "none", check.unlabelled);
  terminal.say_items("labels      ", items);
  constexpr size_t most = 12;
  items.clear();
  for (size_t i = 0; i < std::min(most, check.other_labels.size()); ++i)
    items.push_back(shown(check.other_labels[i].first, 30) + " " +
                    with_commas(check.other_labels[i].second));
  if (check.other_labels.size() > most)
    items.push_back(with_commas(check.other_labels.size() - most) + " more");
  if (!items.empty()) terminal.say_items("not classes ", items);
}

struct ColumnsOptions {
  std::string recipe;
  OutputOptions output;
};

void add_columns(Command& parent) {
  Command command = add_command(
      parent, "columns", "List the tables that are written with a recipe, and all their columns");
  const auto options = std::make_shared<ColumnsOptions>();
  command.option("RECIPE", options->recipe, "Built-in recipe or TOML file").required();
  options->output.add(command, "Table of the columns (default: print them)");
  command.footer("Example:\n  uhuru recipe columns csc2-bayes");
  command.action([options](Context& context) {
    const recipe::Recipe recipe = recipe::load_recipe(options->recipe);
    context.terminal.output_is_table = options->output.path == "-";
    if (!options->output.path.empty())
      return io::write_table(options->output.path, study::column_list(recipe),
                             options->output.write(context, {{}, options->recipe}));
    Terminal& terminal = context.terminal;
    for (const study::ListedTable& table : study::tables_of_recipe(recipe)) {
      terminal.say(table.name + ", of " + table.what);
      std::vector<std::vector<std::string>> rows = {
          {"column", "type", "unit", "ucd", "description"}};
      for (const Column& column : table.columns.columns) {
        const Field& field = column.field;
        rows.push_back({field.name, std::string(type_name(field.type)), field.unit, field.ucd,
                        field.description});
      }
      print_columns(terminal, rows);
      terminal.say("");
    }
  });
}

struct CheckOptions {
  std::string recipe, table;
};

void add_check(Command& parent) {
  Command command = add_command(
      parent, "check", "Say everything that is wrong with a recipe, and what it finds in a table");
  const auto options = std::make_shared<CheckOptions>();
  command.option("RECIPE", options->recipe, "Built-in recipe or TOML file").required();
  command.tables("TABLE", options->table, "Table that the recipe is for; -: standard input");
  command.footer("Example:\n  uhuru recipe check 4xmm sources.fits");
  command.action([options](Context& context) {
    Terminal& terminal = context.terminal;
    const recipe::Recipe recipe = recipe::load_recipe(options->recipe);
    print_recipe(terminal, recipe);
    if (options->table.empty()) return terminal.say("The recipe has no mistakes.");
    const auto reader = io::open_table(options->table, context.make_threads());
    const recipe::TableCheck check = recipe::check_table(*reader, recipe, terminal.progress());
    print_check(terminal, check);
    terminal.notes(check.notes);
    if (!check.problems.empty())
      throw input_error(
          check.problems.size() == 1
              ? "the recipe does not fit the table"
              : fmt::format("{} problems with recipe and table", check.problems.size()),
          io::shown_table_name(options->table), "", join(check.problems, "\n"));
    terminal.say("The recipe fits the table.");
  });
}

}  // namespace

void add_recipe(Command& program) {
  Command command = program.subcommand(
      "recipe", "List, print, propose and check recipes: what a mission's catalog is like");
  add_list(command);
  add_show_recipe(command);
  add_new(command);
  add_check(command);
  add_columns(command);
}

}  // namespace uhuru::cli
