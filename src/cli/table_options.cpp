// The options that say how tables with classes are understood: catalog, report, serve.
#include "cli.hpp"
#include "uhuru/tables/results.hpp"

namespace uhuru::cli {

void add_table_options(Command& command, tables::TableOptions& options) {
  const char* group = "Tables that are not a run's";
  command
      .option("--class-column", options.class_column,
              "Column of classes; default: class_name, main_type, class and the like")
      .type_name("COLUMN")
      .group(group);
  command
      .option(
          "--recipe", options.recipe,
          "Recipe with their classes and columns; default: the built-in one that fits, else one "
          "is made from the table")
      .type_name("RECIPE")
      .group(group);
  command
      .option("--model", options.model,
              "Model that classified them; one of the method bayes combines detections as evidence")
      .type_name("MODEL")
      .group(group);
}

}  // namespace uhuru::cli
