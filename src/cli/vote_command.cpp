#include <memory>

#include "cli.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/jobs/predict.hpp"
#include "uhuru/recipe/columns.hpp"
#include "uhuru/sky/position_columns.hpp"
#include "uhuru/tables/run_files.hpp"

namespace uhuru::cli {
namespace {

struct Options {
  std::string detections, out, model;
  RecipeOptions recipe;
  FormatOptions format;
};

}  // namespace

void add_vote(Command& program) {
  Command command =
      add_command(program, "vote", "Combine the classes of detections into one class per source");
  const auto options = std::make_shared<Options>();
  command
      .tables("DETECTIONS", options->detections,
              "Table of class probabilities, as written by classify, predict and run")
      .required();
  command.option("--out", options->out, "Output folder").required().type_name("DIR");
  options->recipe.add(command, false);
  command
      .option("--model", options->model,
              "Model that computed the probabilities; those of a bayes model are combined as "
              "evidence instead of averaged")
      .type_name("MODEL");
  options->format.add(command, "csv");
  command.footer("Example:\n  uhuru vote classes.csv --out sources");
  command.action([options](Context& context) {
    const recipe::Recipe recipe = options->recipe.load();
    const Threads threads = context.make_threads();
    std::optional<model::RecipeModel> model;
    if (!options->model.empty())
      model::check_recipe(model.emplace(model::load_model(options->model)), recipe);
    const auto reader = io::open_table(options->detections, threads);
    const auto decimal =
        sky::decimal_positions(*reader, recipe::position_columns(reader->header(), recipe));
    const Table detections = io::read_table(decimal ? *decimal : *reader);
    const auto combining = model ? model->combining() : std::nullopt;
    const tables::SourceTables votes = in_table(detections, [&] {
      return tables::vote_on_table(detections, recipe, threads, combining ? &*combining : nullptr);
    });
    const io::WriteOptions write = options->format.write(
        context, {{options->detections}, options->recipe.name, options->model});
    const auto notes = jobs::write_votes(votes, options->out, write);
    print_votes(context.terminal, votes, options->out, write.format);
    context.terminal.notes(detections.notes);
    context.terminal.notes(votes.notes);
    context.terminal.notes(notes);
  });
}

void print_votes(Terminal& terminal, const tables::SourceTables& votes, const std::string& folder,
                 std::optional<io::Format> format) {
  std::vector<std::string> items = {"unique " + with_commas(votes.unique.rows()),
                                    "ambiguous " + with_commas(votes.ambiguous.rows())};
  add_count(items, "without class", votes.sources_without_class);
  items.push_back("from detections " + with_commas(votes.detections));
  add_count(items, "detections without class or name", votes.without_class);
  terminal.say_items("sources     ", items);
  std::vector<std::string> names;
  for (const std::string& stem : tables::run_file::vote_tables())
    names.push_back(tables::run_file::table_name(stem, format.value_or(io::Format::csv)));
  terminal.say("tables in " + shell_word(folder) + ": " + join(names, ", "));
}

}  // namespace uhuru::cli
