#include "support/simulated_run.hpp"

#include <fmt/format.h>

#include "uhuru/catalog/catalog.hpp"
#include "uhuru/jobs/run.hpp"
#include "uhuru/jobs/simulate.hpp"

namespace uhuru::testing {

std::string simulated_run(const ScratchFolder& scratch, uint64_t detections) {
  jobs::SimulateOptions simulation;
  simulation.rows = detections;
  simulation.out = scratch / "d.csv";
  simulation.labels_out = scratch / "l.csv";
  jobs::simulate(simulation, model::load_model("csc2-published"));
  jobs::RunOptions options;
  options.detections = simulation.out;
  options.labels = *simulation.labels_out;
  options.out = scratch / "run";
  jobs::run(options, recipe::load_recipe("csc2"), Threads(2));
  return options.out;
}

Table sources_on_pages(const std::string& path) {
  Table table = io::read_table(*catalog::open_sources(path));
  const catalog::Catalog catalog(path);
  for (size_t c = 0; c < table.columns.size(); ++c)
    table.columns[c].field.name = catalog.columns()[c].page_name;
  return table;
}

recipe::Recipe plain_recipe() {
  std::string classes, groups;
  for (int g = 11; g >= 1; --g) {  // not in the order of their names
    classes += fmt::format("\"k{}\", ", g);
    groups += fmt::format("k{} = \"g{}\"\n", g, g);
  }
  return recipe::parse_recipe(R"(
name = "plain"
description = "Made-up sources"
[columns]
name = "source"
name_example = "S1"
[[features]]
name = "f1"
transform = "identity"
kind = "colour"
range = [0, inf]
[[features]]
name = "f2"
transform = "identity"
kind = "colour"
[mixture]
components = 2
[classes]
names = [)" + classes + R"("other"]
[classes.groups]
other = "g11"
)" + groups + R"(
[labels]
name = "source"
type = "kind"
[[carry]]
name = "exposure"
unit = "ks"
description = "Time on the source"
[[carry]]
name = "number"
description = "Its number in the input"
[[carry]]
name = "remark"
description = "What observers said"
[[citations]]
text = "First & Second 2020"
url = "https://example.org/first"
[[citations]]
text = "Third 2021"
)",
                              "plain");
}

std::string labelled_run(const ScratchFolder& scratch) {
  std::string rows = "source,kind,f1,f2,exposure,number,remark\n";
  for (int i = 0; i < 200; ++i) {
    const int group = 2 + i % 10;  // k1 does not occur
    rows += fmt::format("S{},k{},{},{},{},{},{}\n", 1000 + i, group, group + 0.01 * (i * 37 % 50),
                        0.1 * (i * 53 % 97), 0.5 * i, 70000 + i, i % 2 == 0 ? "<b>odd" : "");
  }
  write_file(scratch / "plain.csv", rows);
  jobs::RunOptions options;
  options.detections = scratch / "plain.csv";
  options.join = recipe::LabelJoin::own;
  options.out = scratch / "plain";
  jobs::run(options, plain_recipe(), Threads(2));
  return options.out;
}

}  // namespace uhuru::testing
