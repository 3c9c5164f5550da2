// A trained classifier.
#include "uhuru/model/model.hpp"

#include "labelled_input.hpp"
#include "uhuru/recipe/prior.hpp"

namespace uhuru::python {
namespace {

using model::RecipeModel;

py::array_t<double> covariances_of(const method::GaussianMixture& mixture) {
  const auto k = static_cast<py::ssize_t>(mixture.components());
  const auto d = static_cast<py::ssize_t>(mixture.dimensions());
  std::vector<double> values;
  for (const Matrix& covariance : mixture.covariances)
    values.insert(values.end(), covariance.data(), covariance.data() + covariance.size());
  return to_array(std::move(values)).reshape({k, d, d});
}

/// `value(scale, x)` of each value of an array (m, D).
template <class Value>
py::array_t<double> per_feature(const RecipeModel& model, const Numbers& values,
                                const Value& value) {
  Matrix result = view(values);
  if (result.cols() != static_cast<Eigen::Index>(model.scaling.size()))
    throw py::value_error("expected " + std::to_string(model.scaling.size()) + " features, found " +
                          std::to_string(result.cols()));
  for (Eigen::Index row = 0; row < result.rows(); ++row)
    for (size_t f = 0; f < model.scaling.size(); ++f) {
      double& x = result(row, static_cast<Eigen::Index>(f));
      x = value(model.scaling[f], x);
    }
  return to_array(std::move(result));
}

}  // namespace

void add_models(py::module_& module) {
  py::class_<RecipeModel, std::shared_ptr<RecipeModel>>(module, "Model")
      .def_static(
          "load",
          [](const std::string& name) {
            return std::make_shared<RecipeModel>(model::load_model(name));
          },
          py::arg("name"), py::call_guard<WithoutGil>())
      .def_static(
          "parse",
          [](const std::string& json, const std::string& name) {
            return std::make_shared<RecipeModel>(model::parse_model(json, name));
          },
          py::arg("json"), py::arg("name"), py::call_guard<WithoutGil>())
      .def(
          "json", [](const RecipeModel& model) { return model::model_json(model); },
          py::call_guard<WithoutGil>())
      .def(
          "save",
          [](const RecipeModel& model, const std::string& path, bool overwrite) {
            model::save_model(model, path, io::overwrite_if(overwrite));
          },
          py::arg("path"), py::arg("overwrite"), py::call_guard<WithoutGil>())
      .def(
          "asked",
          [](const RecipeModel& model, const std::string& prior, std::optional<double> coverage) {
            auto result = std::make_shared<RecipeModel>(model);
            if (!prior.empty()) {
              if (!model.bayes)
                throw py::value_error(
                    "a prior is for the method bayes, found a model of the method "
                    "mahalanobis");
              result->prior = recipe::read_prior(prior, model.recipe);
            }
            result->coverage = checked_coverage(coverage).value_or(result->coverage);
            return result;
          },
          py::arg("prior"), py::arg("coverage"))
      .def_readonly("name", &RecipeModel::name)
      .def_readonly("note", &RecipeModel::note)
      .def_readonly("version", &RecipeModel::version)
      .def_property_readonly("method",
                             [](const RecipeModel& m) { return recipe::method_name(m.method()); })
      .def_property_readonly("recipe", [](const RecipeModel& m) { return m.recipe; })
      .def_property_readonly("learned",
                             [](const RecipeModel& m) {
                               std::vector<bool> learned;
                               for (size_t c = 0; c < m.recipe.classes.size(); ++c)
                                 learned.push_back(m.has_learned(method::ClassId(c)));
                               return learned;
                             })
      .def_property_readonly("has_classes", [](const RecipeModel& m) { return m.has_classes(); })
      .def_readonly("coverage", &RecipeModel::coverage)
      .def_readonly("training_rows", &RecipeModel::training_rows)
      .def_readonly("training_labelled", &RecipeModel::training_labelled)
      .def_property_readonly("weights",
                             [](const RecipeModel& m) { return to_array(m.mixture.weights); })
      .def_property_readonly("means",
                             [](const RecipeModel& m) { return to_array(m.mixture.means); })
      .def_property_readonly("covariances",
                             [](const RecipeModel& m) { return covariances_of(m.mixture); })
      .def(
          "scale",
          [](const RecipeModel& m, const Numbers& values) {
            return per_feature(m, values,
                               [](const auto& scale, double x) { return scale.apply(x); });
          },
          py::arg("values"))
      .def(
          "unscale",
          [](const RecipeModel& m, const Numbers& values) {
            return per_feature(m, values,
                               [](const auto& scale, double x) { return scale.invert(x); });
          },
          py::arg("values"));
}

}  // namespace uhuru::python
