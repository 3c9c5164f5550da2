#include <limits>
#include <memory>

#include "cli.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/jobs/simulate.hpp"

namespace uhuru::cli {
namespace {

struct Options {
  jobs::SimulateOptions simulate;
  OutputOptions output;
  std::string model = "csc2-published", labels;
};

}  // namespace

void add_simulate(Command& program) {
  Command command = add_command(program, "simulate", "Simulate a catalog from a model");
  const auto options = std::make_shared<Options>();
  command.option("--rows", options->simulate.rows, "Number of detections")
      .required()
      .whole(1, 1'000'000'000'000)
      .type_name("N");
  options->output.add(command, "Output table of detections").required();
  command
      .option("--labels-out", options->labels,
              "Also write a table of counterparts for some of the sources")
      .type_name("FILE");
  command.option("--model", options->model, "Built-in model or model file")
      .show_default()
      .type_name("MODEL");
  command.option("--seed", options->simulate.seed, "Random seed")
      .show_default()
      .whole(0, std::numeric_limits<uint32_t>::max())
      .type_name("N");
  command.footer(
      "Example:\n  uhuru simulate --rows 10000 --out simulated.vot --labels-out labels.csv");
  command.action([options](Context& context) {
    Terminal& terminal = context.terminal;
    const model::RecipeModel model = model::load_model(options->model);
    options->simulate.out = options->output.path;
    options->simulate.write =
        options->output.write(context, {{}, "", options->model, model.recipe.name});
    if (!options->labels.empty()) options->simulate.labels_out = options->labels;
    terminal.output_is_table = options->output.path == "-" || options->labels == "-";
    const jobs::SimulateSummary summary = simulate(options->simulate, model, terminal.progress());
    terminal.say_items(
        "simulated   ",
        {"detections " + with_commas(summary.rows), "sources " + with_commas(summary.sources),
         "labelled sources " + with_commas(summary.labelled_sources)});
  });
}

}  // namespace uhuru::cli
