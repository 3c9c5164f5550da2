// Recipes, features, and what a recipe finds in a table.
#include "uhuru/recipe/recipe.hpp"

#include <algorithm>

#include "binding.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/check_table.hpp"
#include "uhuru/recipe/column_names.hpp"
#include "uhuru/recipe/extract.hpp"
#include "uhuru/recipe/labels.hpp"

namespace uhuru::python {
namespace {

using namespace py::literals;

recipe::Recipe changed(recipe::Recipe recipe, const std::string& method, int components,
                       std::optional<uint32_t> seed) {
  if (!method.empty()) recipe.method = recipe::method_from_name(method);
  if (components < 0 || components > 1000)
    throw py::value_error("the number of components is out of range; expected 1 to 1000; found " +
                          std::to_string(components));
  if (components) recipe.mixture.components = components;
  if (seed) recipe.mixture.seed = *seed;
  return recipe;
}

py::list feature_list(const recipe::Recipe& recipe) {
  py::list list;
  for (const recipe::Feature& feature : recipe.features)
    list.append(py::dict(
        "name"_a = feature.name, "transform"_a = recipe::transform_name(feature.transform),
        "kind"_a = feature.kind, "expression"_a = feature.expression, "unit"_a = feature.unit,
        "ucd"_a = feature.ucd, "description"_a = feature.description, "lower"_a = feature.lower,
        "upper"_a = feature.upper, "error"_a = feature.error));
  return list;
}

py::dict check_dict(const recipe::TableCheck& check) {
  py::list features;
  for (const auto& feature : check.features)
    features.append(py::dict("name"_a = feature.name, "source"_a = feature.source,
                             "has_errors"_a = feature.has_errors, "rows"_a = feature.rows,
                             "least"_a = feature.least, "greatest"_a = feature.greatest,
                             "marked"_a = feature.marked, "outside"_a = feature.outside));
  return py::dict("rows"_a = check.rows, "columns"_a = check.columns, "features"_a = features,
                  "conditions"_a = check.conditions, "selected"_a = check.selected,
                  "complete"_a = check.complete, "with_any_feature"_a = check.with_any_feature,
                  "label_columns"_a = check.label_columns, "classes"_a = check.classes,
                  "other_labels"_a = check.other_labels, "ambiguous"_a = check.ambiguous,
                  "unlabelled"_a = check.unlabelled, "problems"_a = check.problems,
                  "notes"_a = check.notes);
}

}  // namespace

void add_recipes(py::module_& module) {
  using recipe::Recipe;
  py::class_<Recipe>(module, "Recipe")
      .def_readonly("name", &Recipe::name)
      .def_readonly("description", &Recipe::description)
      .def_readonly("text", &Recipe::text)
      .def_property_readonly("method",
                             [](const Recipe& r) { return recipe::method_name(r.method); })
      .def_property_readonly("components", [](const Recipe& r) { return r.mixture.components; })
      .def_property_readonly("seed", [](const Recipe& r) { return r.mixture.seed; })
      .def_property_readonly("features", feature_list)
      .def_readonly("classes", &Recipe::classes)
      .def_readonly("groups", &Recipe::groups)
      .def_property_readonly("class_columns", recipe::class_columns)
      .def_property_readonly("group_columns", recipe::group_columns)
      .def_readonly("name_column", &Recipe::name_column)
      .def_readonly("observation_column", &Recipe::observation_column)
      .def_readonly("ra_column", &Recipe::ra_column)
      .def_readonly("dec_column", &Recipe::dec_column)
      .def_property_readonly("label_column", [](const Recipe& r) { return r.labels.type_column; })
      .def_readonly("other_names", &Recipe::other_names)
      .def_property_readonly("units", [](const Recipe& r) {
        std::map<std::string, std::string> units;
        for (const auto& column : r.simulation.columns)
          if (!column.unit.empty()) units[column.name] = column.unit;
        for (const auto& column : r.mission.carried)
          if (!column.unit.empty()) units[column.name] = column.unit;
        for (const auto& feature : r.features)
          for (const std::string& name : {feature.name, feature.lower, feature.upper})
            if (!name.empty() && !feature.unit.empty()) units[name] = feature.unit;
        return units;
      });
  module.def(
      "column_names",
      [](const std::vector<std::string>& names, const std::string& prefix) {
        return recipe::column_names(names, prefix);
      },
      py::arg("names"), py::arg("prefix"));
  module.def(
      "load_recipe",
      [](const std::string& name, const std::string& method, int components,
         std::optional<uint32_t> seed) {
        return changed(recipe::load_recipe(name), method, components, seed);
      },
      py::arg("name"), py::arg("method") = "", py::arg("components") = 0,
      py::arg("seed") = py::none());
  module.def(
      "parse_recipe",
      [](const std::string& text, const std::string& name, const std::string& method,
         int components, std::optional<uint32_t> seed) {
        return changed(recipe::parse_recipe(text, name), method, components, seed);
      },
      py::arg("text"), py::arg("name"), py::arg("method") = "", py::arg("components") = 0,
      py::arg("seed") = py::none());
  module.def("built_in_recipes", recipe::built_in_recipes);
  module.def(
      "class_ids",
      [](const Recipe& recipe, const std::vector<std::string>& labels) {
        std::vector<std::string> published;
        for (const std::string& label : labels) {
          const std::string text(trim(label));
          published.push_back(is_missing_word(text) ? "" : recipe.label(text));
        }
        const recipe::LabelledClasses classes = recipe::label_classes(published, recipe);
        std::vector<int32_t> ids;
        for (const auto& id : classes.known)
          ids.push_back(id ? static_cast<int32_t>(number_of(*id)) : -1);
        return to_array(std::move(ids));
      },
      py::arg("recipe"), py::arg("labels"));
  module.def(
      "check_table",
      [](const Recipe& recipe, const Source& source, int jobs, const py::object& progress) {
        return check_dict(work(jobs, progress, [&](const Threads& threads, const Progress& report) {
          return recipe::check_table(*source.open(threads), recipe, report);
        }));
      },
      py::arg("recipe"), py::arg("source"), py::arg("jobs"), py::arg("progress"));
  module.def(
      "features",
      [](const Recipe& recipe, const Source& source, int jobs, const py::object& progress) {
        std::vector<double> values;
        std::vector<std::string> notes;
        work(jobs, progress, [&](const Threads& threads, const Progress& report) {
          const auto reader = source.open(threads);
          recipe::FeatureExtractor extractor(recipe, reader->header(),
                                             recipe::AbsentColumns::missing_values);
          Table batch = reader->header().empty_copy();
          while (reader->read(batch)) {
            const Matrix some = extractor.features(batch, reader->rows_read() - batch.rows());
            values.insert(values.end(), some.data(), some.data() + some.size());
            report("features", static_cast<uint64_t>(1000 * reader->fraction_read()), 1000);
          }
          notes = extractor.notes(false);
          const auto remarks = reader->remarks();
          notes.insert(notes.end(), remarks.begin(), remarks.end());
          return 0;
        });
        const auto features = static_cast<py::ssize_t>(recipe.features.size());
        const auto rows = static_cast<py::ssize_t>(values.size()) / features;
        return py::make_tuple(to_array(std::move(values)).reshape({rows, features}), notes);
      },
      py::arg("recipe"), py::arg("source"), py::arg("jobs"), py::arg("progress"));
}

}  // namespace uhuru::python
