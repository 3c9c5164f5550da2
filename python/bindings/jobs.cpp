// What the commands do with whole tables: learn, predict, vote, run, simulate, report.
#include "uhuru/jobs.hpp"

#include <cstdlib>
#include <future>

#include "labelled_input.hpp"
#include "uhuru/base/hash.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/prior.hpp"
#include "uhuru/report/report.hpp"
#include "uhuru/tables/run_files.hpp"

namespace uhuru::python {

using namespace py::literals;

void set_labelled(const Source& detections, const py::object& labels, const std::string& join,
                  std::optional<double> radius, const std::string& label_column,
                  const recipe::Recipe& recipe, recipe::LabelledInput& input) {
  input.detections = detections.name();
  input.open_detections = detections.opener();
  input.label_column = label_column;
  input.radius_arcsec = radius.value_or(recipe.labels.radius_arcsec);
  if (labels.is_none()) {
    input.join = recipe::LabelJoin::own;
    return;
  }
  const auto& table = labels.cast<const Source&>();
  input.labels = table.name();
  input.open_labels = table.opener();
  input.join = recipe::join_from_text(join, recipe);
}

io::WriteOptions result_options(const std::string& function, const recipe::Recipe& recipe,
                                const std::string& format, bool overwrite) {
  Provenance provenance;
  provenance.software = "uhuru " UHURU_VERSION;
  provenance.command = "uhuru." + function;
  provenance.recipe = {recipe.name, sha256_of_text(recipe.text)};
  const char* epoch = std::getenv("SOURCE_DATE_EPOCH");
  if (const auto date = source_date(epoch ? epoch : "")) provenance.date = utc_time(*date);
  io::WriteOptions options;
  options.overwrite = io::overwrite_if(overwrite);
  if (!format.empty()) options.format = io::format_from_text(format);
  options.provenance = std::async(std::launch::deferred, [provenance] { return provenance; });
  return options;
}

std::optional<double> checked_coverage(std::optional<double> coverage) {
  if (coverage && !(*coverage >= 0.5 && *coverage <= 0.999))
    throw py::value_error("coverage is out of range; expected 0.5 to 0.999; found " +
                          py::str(py::float_(*coverage)).cast<std::string>());
  return coverage;
}

void add_jobs(py::module_& module) {
  module.def(
      "fit_table",
      [](const recipe::Recipe& recipe, const Source& source, const std::string& label_column,
         int jobs, const py::object& progress) {
        jobs::RunOptions options;
        set_labelled(source, py::none(), "", std::nullopt, label_column, recipe, options);
        jobs::Training training =
            work(jobs, progress, [&](const Threads& threads, const Progress& report) {
              return jobs::train(options, recipe, threads, report);
            });
        return py::make_tuple(std::make_shared<model::RecipeModel>(std::move(training.model)),
                              training.summary.notes);
      },
      py::arg("recipe"), py::arg("source"), py::arg("label_column"), py::arg("jobs"),
      py::arg("progress"));
  module.def(
      "predict_numbers",
      [](const model::RecipeModel& model, const Source& source, int jobs,
         const py::object& progress) {
        return to_python(work(jobs, progress, [&](const Threads& threads, const Progress& report) {
          return jobs::predict_numbers(*source.open(threads), model, threads, report);
        }));
      },
      py::arg("model"), py::arg("source"), py::arg("jobs"), py::arg("progress"));
  module.def(
      "predict_table",
      [](const model::RecipeModel& model, const Source& source, int jobs,
         const py::object& progress) {
        return to_python(work(jobs, progress, [&](const Threads& threads, const Progress& report) {
          const auto reader = source.open(threads);
          jobs::PredictionReader predictions(*reader, model, threads);
          Table all = predictions.header().empty_copy();
          Table batch = all;
          while (predictions.read(batch)) {
            all.append_rows(batch);
            report("predict", static_cast<uint64_t>(1000 * predictions.fraction_read()), 1000);
          }
          all.notes = predictions.remarks();
          if (!predictions.absent().empty())
            all.notes.insert(all.notes.begin(),
                             "the table lacks these features: " + join(predictions.absent(), ", "));
          return all;
        }));
      },
      py::arg("model"), py::arg("source"), py::arg("jobs"), py::arg("progress"));
  module.def(
      "vote",
      [](const Source& classes, const model::RecipeModel& model, int jobs) {
        return to_python(work(jobs, py::none(), [&](const Threads& threads, const Progress&) {
          const auto reader = classes.open(threads);
          const auto combining = model.combining();
          tables::SourceTables votes = tables::vote_on_table(
              io::read_table(*reader), model.recipe, threads, combining ? &*combining : nullptr);
          votes.sources.notes = votes.notes;
          return votes.sources;
        }));
      },
      py::arg("classes"), py::arg("model"), py::arg("jobs"));
  module.def(
      "run",
      [](const recipe::Recipe& recipe, const Source& detections, const py::object& labels,
         const std::string& join, std::optional<double> radius, const std::string& label_column,
         const std::string& out, const std::string& format, bool overwrite,
         const std::string& clusters, const std::string& prior, std::optional<double> coverage,
         bool unique_detections, int jobs, const py::object& progress) {
        jobs::RunOptions options;
        set_labelled(detections, labels, join, radius, label_column, recipe, options);
        options.out = out;
        options.write = result_options("run", recipe, format, overwrite);
        options.unique_detections = unique_detections;
        if (!prior.empty()) options.prior = recipe::read_prior(prior, recipe);
        options.coverage = checked_coverage(coverage).value_or(options.coverage);
        return work(jobs, progress, [&](const Threads& threads, const Progress& report) {
          if (!clusters.empty()) {
            options.clusters = model::load_model(clusters);
            model::check_features(*options.clusters, recipe);
          }
          return jobs::run(options, recipe, threads, report).notes;
        });
      },
      py::arg("recipe"), py::arg("detections"), py::arg("labels"), py::arg("join"),
      py::arg("radius"), py::arg("label_column"), py::arg("out"), py::arg("format"),
      py::arg("overwrite"), py::arg("clusters"), py::arg("prior"), py::arg("coverage"),
      py::arg("unique_detections"), py::arg("jobs"), py::arg("progress"));
  module.def("find_table", &tables::run_file::find_table, py::arg("folder"), py::arg("stem"));
  module.def(
      "report",
      [](const std::string& folder, const std::string& validation, const std::string& out,
         bool overwrite, const std::string& recipe, const std::string& model,
         const std::string& class_column, int jobs) {
        const auto summary = work(jobs, py::none(), [&](const Threads& threads, const Progress&) {
          return report::write_report(
              {folder, validation, out, io::overwrite_if(overwrite), {recipe, model, class_column}},
              threads);
        });
        return py::make_tuple(summary.out, summary.notes);
      },
      py::arg("folder"), py::arg("validation"), py::arg("out"), py::arg("overwrite"),
      py::arg("recipe"), py::arg("model"), py::arg("class_column"), py::arg("jobs"));
  module.def(
      "simulate",
      [](const model::RecipeModel& model, uint64_t rows, uint32_t seed, const std::string& out,
         const std::string& labels_out, const py::object& progress) {
        jobs::SimulateOptions options;
        options.rows = rows;
        options.seed = seed;
        options.out = out;
        options.labels_out = labels_out;
        work(1, progress, [&](const Threads&, const Progress& report) {
          jobs::simulate(options, model, report);
          return 0;
        });
      },
      py::arg("model"), py::arg("rows"), py::arg("seed"), py::arg("out"), py::arg("labels_out"),
      py::arg("progress"));
}

}  // namespace uhuru::python
