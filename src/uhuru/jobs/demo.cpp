#include "uhuru/jobs/demo.hpp"

#include <filesystem>

#include "uhuru/base/error.hpp"
#include "uhuru/jobs/run.hpp"
#include "uhuru/jobs/simulate.hpp"
#include "uhuru/model/model.hpp"
#include "uhuru/tables/run_files.hpp"

namespace uhuru::jobs {

std::string make_simulated_run(const std::string& folder, uint64_t detections,
                               std::optional<method::Method> method, const Threads& threads,
                               const Progress& progress) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    throw input_error("cannot create the folder", folder, "a writable location", error.message());
  const model::RecipeModel model = model::load_model("csc2-published");
  SimulateOptions simulation;
  simulation.rows = detections;
  simulation.out = folder + "/detections.vot";
  simulation.labels_out = folder + "/labels.csv";
  simulation.write.threads = threads;
  simulate(simulation, model, progress);

  recipe::Recipe recipe = recipe::load_recipe("csc2");
  if (method) recipe.method = *method;
  RunOptions options;
  options.detections = simulation.out;
  options.labels = *simulation.labels_out;
  options.radius_arcsec = recipe.labels.radius_arcsec;
  options.simulated_from = model.name;
  options.out = folder;
  run(options, recipe, threads, progress);
  return folder + "/" + tables::run_file::catalog;
}

}  // namespace uhuru::jobs
