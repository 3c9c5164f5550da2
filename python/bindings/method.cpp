// The method on numbers: classes, mixtures.
#include "uhuru/method.hpp"

#include <algorithm>

#include "binding.hpp"
#include "uhuru/jobs/run.hpp"
#include "uhuru/method/mixture/missing_mixture.hpp"

namespace uhuru::python {
namespace {

using namespace py::literals;
using Ids = py::array_t<int32_t, py::array::c_style | py::array::forcecast>;
using Sources = py::array_t<uint32_t, py::array::c_style | py::array::forcecast>;

template <class Id>
py::array_t<int32_t> id_array(const std::vector<std::optional<Id>>& ids) {
  std::vector<int32_t> numbers;
  numbers.reserve(ids.size());
  for (const auto& id : ids) numbers.push_back(id ? static_cast<int32_t>(*id) : -1);
  return to_array(std::move(numbers));
}

method::GaussianMixture mixture_of(const Numbers& weights, const Numbers& means,
                                   const Numbers& covariances) {
  method::GaussianMixture mixture;
  mixture.means = view(means);
  const Eigen::Index k = mixture.means.rows(), d = mixture.means.cols();
  if (weights.size() != k || covariances.size() != k * d * d)
    throw py::value_error("expected weights (K,), means (K, D), covariances (K, D, D)");
  mixture.weights = Eigen::Map<const Vector>(weights.data(), k);
  for (Eigen::Index c = 0; c < k; ++c)
    mixture.covariances.emplace_back(
        Eigen::Map<const Matrix>(covariances.data() + c * d * d, d, d));
  return mixture;
}

/// Rows of any number type and order as doubles, `begin` to `end`.
Matrix some_rows(const py::array& rows, py::ssize_t begin, py::ssize_t end) {
  const py::object part = rows[py::slice(begin, end, 1)];
  return view(Numbers(part));
}

/// Predicts a part at a time where the array has to be converted.
method::Posteriors predict(const model::RecipeModel& model, const py::array& rows, int jobs,
                           const py::object& progress) {
  if (rows.ndim() != 2) throw py::value_error("expected an array of two dimensions");
  const bool is_direct =
      py::isinstance<py::array_t<double>>(rows) && (rows.flags() & py::array::c_style);
  if (is_direct) {
    const auto numbers = py::reinterpret_borrow<Numbers>(rows);
    const auto features = view(numbers);
    return work(jobs, progress, [&](const Threads& threads, const Progress& report) {
      return method::predict(model, {features, Matrix(), Matrix()}, threads, report);
    });
  }
  constexpr py::ssize_t part_rows = 1 << 16;
  const py::ssize_t count = rows.shape(0);
  method::Posteriors all;
  all.probabilities = Matrix(count, static_cast<long>(model.class_count));
  const Progress report = progress_to(progress);
  const Threads threads = Threads(jobs).checked_by(check_signals);
  for (py::ssize_t begin = 0; begin == 0 || begin < count; begin += part_rows) {
    const py::ssize_t end = std::min(begin + part_rows, count);
    const Matrix features = some_rows(rows, begin, end);
    const WithoutGil without_gil;
    const method::Posteriors some = method::predict(model, {features, Matrix(), Matrix()}, threads);
    all.probabilities.middleRows(begin, end - begin) = some.probabilities;
    all.append_lists(some);
    report("predict", static_cast<uint64_t>(end), static_cast<uint64_t>(count));
  }
  return all;
}

}  // namespace

py::dict to_python(method::Posteriors posteriors) {
  return py::dict("classes"_a = id_array(posteriors.classes),
                  "clusters"_a = id_array(posteriors.clusters),
                  "features_missing"_a = to_array(std::move(posteriors.features_missing)),
                  "p_known"_a = to_array(std::move(posteriors.p_known)),
                  "probabilities"_a = to_array(std::move(posteriors.probabilities)));
}

void add_method(py::module_& module) {
  module.def(
      "fit_rows",
      [](const recipe::Recipe& recipe, const Numbers& x, const Ids& classes, const Sources& sources,
         int jobs, const py::object& progress) {
        const auto features = view(x);
        const auto rows = static_cast<py::ssize_t>(features.rows());
        if (features.cols() != static_cast<Eigen::Index>(recipe.features.size()))
          throw py::value_error("expected " + std::to_string(recipe.features.size()) +
                                " features, found " + std::to_string(features.cols()));
        if (classes.size() != rows || (sources.size() != 0 && sources.size() != rows))
          throw py::value_error("expected a class and a source for each row");
        std::vector<std::optional<method::ClassId>> known(static_cast<size_t>(rows));
        for (size_t row = 0; row < known.size(); ++row) {
          const int32_t id = classes.data()[row];
          if (id >= static_cast<int32_t>(recipe.classes.size()))
            throw py::value_error("there is no class " + std::to_string(id));
          if (id >= 0) known[row] = method::ClassId(id);
        }
        std::vector<method::SourceId> numbers;
        for (py::ssize_t i = 0; i < sources.size(); ++i)
          numbers.push_back(method::SourceId(sources.data()[i]));
        std::vector<std::string> notes;
        auto model = work(jobs, progress, [&](const Threads& threads, const Progress& report) {
          method::Fit fit = method::fit({features, Matrix(), Matrix(), known, numbers},
                                        recipe.method_settings(), threads, report);
          notes = jobs::fit_notes(fit, recipe);
          return std::make_shared<model::RecipeModel>(
              model::named_model(std::move(fit.model), recipe));
        });
        return py::make_tuple(model, notes);
      },
      py::arg("recipe"), py::arg("X"), py::arg("classes"), py::arg("sources"), py::arg("jobs"),
      py::arg("progress"));
  module.def(
      "predict_rows",
      [](const model::RecipeModel& model, const py::array& x, int jobs,
         const py::object& progress) { return to_python(predict(model, x, jobs, progress)); },
      py::arg("model"), py::arg("X"), py::arg("jobs"), py::arg("progress"));
  module.def(
      "fit_mixture",
      [](const Numbers& x, int components, uint32_t seed, double tol, double reg_covar,
         int max_iter, int n_init, int jobs, const py::object& progress) {
        const auto features = view(x);
        method::MixtureSettings settings;
        settings.components = components;
        settings.seed = seed;
        settings.tolerance = tol;
        settings.covariance_floor = reg_covar;
        settings.max_iterations = max_iter;
        settings.starts = n_init;
        method::MixtureFit fit =
            work(jobs, progress, [&](const Threads& threads, const Progress& report) {
              return method::fit_missing_mixture(features, settings, threads, report);
            });
        const method::GaussianMixture& mixture = fit.mixture;
        const auto k = static_cast<py::ssize_t>(mixture.components());
        const auto d = static_cast<py::ssize_t>(mixture.dimensions());
        std::vector<double> covariances;
        for (const Matrix& covariance : mixture.covariances)
          covariances.insert(covariances.end(), covariance.data(),
                             covariance.data() + covariance.size());
        std::vector<int32_t> labels;
        for (const method::ClusterId id : fit.clusters) labels.push_back(static_cast<int32_t>(id));
        return py::dict("weights"_a = to_array(mixture.weights),
                        "covariances"_a = to_array(std::move(covariances)).reshape({k, d, d}),
                        "labels"_a = to_array(std::move(labels)), "n_iter"_a = fit.iterations,
                        "converged"_a = fit.converged, "lower_bound"_a = fit.mean_log_likelihood,
                        "log_likelihood"_a = fit.log_likelihood,
                        "means"_a = to_array(std::move(fit.mixture.means)));
      },
      py::arg("X"), py::arg("components"), py::arg("seed"), py::arg("tol"), py::arg("reg_covar"),
      py::arg("max_iter"), py::arg("n_init"), py::arg("jobs"), py::arg("progress"));
  module.def(
      "mixture_log_joint",
      [](const Numbers& weights, const Numbers& means, const Numbers& covariances, const Numbers& x,
         int jobs) {
        const method::GaussianMixture mixture = mixture_of(weights, means, covariances);
        const auto rows = view(x);
        if (rows.cols() != mixture.dimensions())
          throw py::value_error("expected " + std::to_string(mixture.dimensions()) +
                                " features, found " + std::to_string(rows.cols()));
        return to_array(work(jobs, py::none(), [&](const Threads& threads, const Progress&) {
          return method::log_joint(mixture, rows, threads);
        }));
      },
      py::arg("weights"), py::arg("means"), py::arg("covariances"), py::arg("X"), py::arg("jobs"));
}

}  // namespace uhuru::python
