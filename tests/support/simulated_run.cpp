#include "support/simulated_run.hpp"

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

}  // namespace uhuru::testing
