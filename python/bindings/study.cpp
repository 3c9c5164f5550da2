// Cross-validation.
#include "uhuru/study/validate.hpp"

#include "labelled_input.hpp"
#include "uhuru/recipe/prior.hpp"

namespace uhuru::python {

void add_study(py::module_& module) {
  module.def(
      "validate",
      [](const recipe::Recipe& recipe, const Source& detections, const py::object& labels,
         const std::string& join, std::optional<double> radius, const std::string& label_column,
         const std::string& split, int folds, int repeats, std::optional<uint32_t> seed,
         size_t replicates, const std::string& prior, std::optional<double> coverage,
         const std::string& out, const std::string& format, bool overwrite, int jobs,
         const py::object& progress) {
        study::ValidateOptions options;
        set_labelled(detections, labels, join, radius, label_column, recipe, options);
        if (split == "source")
          options.split = study::SplitBy::source;
        else if (split == "detection")
          options.split = study::SplitBy::detection;
        else if (split == "region")
          options.split = study::SplitBy::region;
        else
          throw py::value_error("split: expected source, detection or region; found " + split);
        options.folds = folds;
        options.repeats = repeats;
        options.seed = seed.value_or(recipe.mixture.seed);
        options.replicates = replicates;
        options.out = out;
        options.write = result_options("validate", recipe, format, overwrite);
        if (!prior.empty()) options.prior = recipe::read_prior(prior, recipe);
        options.coverage = checked_coverage(coverage).value_or(options.coverage);
        return work(jobs, progress, [&](const Threads& threads, const Progress& report) {
          return study::validate(options, recipe, threads, report).notes;
        });
      },
      py::arg("recipe"), py::arg("detections"), py::arg("labels"), py::arg("join"),
      py::arg("radius"), py::arg("label_column"), py::arg("split"), py::arg("folds"),
      py::arg("repeats"), py::arg("seed"), py::arg("replicates"), py::arg("prior"),
      py::arg("coverage"), py::arg("out"), py::arg("format"), py::arg("overwrite"), py::arg("jobs"),
      py::arg("progress"));
}

}  // namespace uhuru::python
