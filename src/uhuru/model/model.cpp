#include "uhuru/model/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "uhuru/base/embedded.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/json.hpp"
#include "uhuru/base/json_text.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/byte_source.hpp"
#include "uhuru/model/bayes_json.hpp"

namespace uhuru::model {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* format_name = "uhuru-model";
constexpr int format_version = 1;

Json scores_to_json(const RecipeModel& model) {
  Json clusters = Json::array();
  for (const auto& cluster : model.scores) {
    Json classes = Json::object();
    for (size_t c = 0; c < cluster.size(); ++c) {
      if (!cluster[c]) continue;
      const method::QuadraticScore& score = *cluster[c];
      classes[model.recipe.classes[c]] = {{"members", score.members},
                                          {"constant", score.constant},
                                          {"center", to_json(score.center)},
                                          {"linear", to_json(score.linear)},
                                          {"quadratic", to_json(score.quadratic)}};
    }
    clusters.push_back(std::move(classes));
  }
  return clusters;
}

/// Values in increasing order, and their ranks.
void read_ranks(const ModelReader& reader, const Json& json, const std::string& path,
                method::FeatureScale& scale) {
  for (const auto& [name, values] :
       {std::pair("knots", &scale.knots), std::pair("ranks", &scale.ranks)}) {
    const Json& array = reader.at(json, name, path);
    const std::string place = path + "." + name;
    if (!array.is_array() || array.size() < 2 || array.size() > 1024)
      reader.fail(place, "2 to 1024 numbers");
    for (const Json& value : array) values->push_back(reader.number(value, place));
    if (std::adjacent_find(values->begin(), values->end(), std::greater_equal<>()) != values->end())
      reader.fail(place, "increasing numbers");
  }
  if (scale.knots.size() != scale.ranks.size())
    reader.fail(path, "as many ranks as knots", fmt::format("{}", scale.ranks.size()));
}

void read_scaling(const ModelReader& reader, const Json& json, RecipeModel& model) {
  const Json& scaling = reader.at(json, "scaling", "model");
  const size_t count = model.recipe.features.size();
  if (!scaling.is_array() || scaling.size() != count)
    reader.fail("scaling", fmt::format("{} features, as in its recipe", count),
                fmt::format("{}", scaling.size()));
  for (size_t f = 0; f < count; ++f) {
    const recipe::Feature& feature = model.recipe.features[f];
    const std::string path = fmt::format("scaling[{}]", f);
    const std::string name = reader.text(reader.at(scaling[f], "feature", path), path);
    if (name != feature.name)
      reader.fail(path, "feature " + feature.name + ", as in its recipe", name);
    method::FeatureScale scale;
    try {
      scale.transform =
          recipe::transform_from_name(reader.text(reader.at(scaling[f], "transform", path), path));
    } catch (const Error& error) {
      reader.fail(path, error.expected(), error.found());
    }
    scale.offset = reader.number(reader.at(scaling[f], "offset", path), path);
    scale.lo = reader.number(reader.at(scaling[f], "lo", path), path);
    scale.hi = reader.number(reader.at(scaling[f], "hi", path), path);
    if (!(scale.lo < scale.hi)) reader.fail(path, "lo below hi");
    if (scale.transform == method::Transform::asinh && !(scale.offset > 0))
      reader.fail(path, "an offset above 0");
    if (scale.transform == method::Transform::rank) read_ranks(reader, scaling[f], path, scale);
    model.scaling.push_back(std::move(scale));
    const Json& medians = reader.at(json, "medians", "model");
    model.medians.push_back(reader.number(reader.at(medians, feature.name, "medians"), "medians"));
  }
}

void read_model_mixture(const ModelReader& reader, const Json& json, RecipeModel& model) {
  const auto d = static_cast<Eigen::Index>(model.recipe.features.size());
  model.mixture = read_mixture(reader, reader.at(json, "mixture", "model"), d, "mixture");
}

void read_quantiles(const ModelReader& reader, const Json& json, RecipeModel& model) {
  if (!json.contains("density_quantiles")) return;
  const Json& quantiles = json.at("density_quantiles");
  constexpr size_t most = 100'000;
  if (!quantiles.is_array() || quantiles.size() < 2 || quantiles.size() > most)
    reader.fail("density_quantiles", fmt::format("2 to {} numbers", most));
  const Vector values =
      reader.vector(quantiles, static_cast<long>(quantiles.size()), "density_quantiles");
  model.density_quantiles.assign(values.begin(), values.end());
  if (!std::is_sorted(values.begin(), values.end()))
    reader.fail("density_quantiles", "numbers in ascending order");
}

void read_scores(const ModelReader& reader, const Json& json, RecipeModel& model) {
  const Json& clusters = reader.at(json, "scores", "model");
  if (!clusters.is_array()) reader.fail("scores", "a list");
  if (clusters.empty()) return;
  const auto d = static_cast<Eigen::Index>(model.recipe.features.size());
  if (static_cast<Eigen::Index>(clusters.size()) != model.mixture.components())
    reader.fail("scores", fmt::format("{} clusters", model.mixture.components()));
  for (const Json& classes : clusters) {
    auto& scores = model.scores.emplace_back(model.recipe.classes.size());
    if (!classes.is_object()) reader.fail("scores", "a table of classes for each cluster");
    for (const auto& [name, entry] : classes.items()) {
      const std::string path = fmt::format("scores[{}].{}", model.scores.size() - 1, name);
      const auto id = model.recipe.find_class(name);
      if (!id) reader.fail(path, "a class of its recipe: " + join(model.recipe.classes, ", "));
      method::QuadraticScore score;
      score.members = reader.count(reader.at(entry, "members", path), path + ".members");
      score.constant = reader.number(reader.at(entry, "constant", path), path);
      score.center = reader.vector(reader.at(entry, "center", path), d, path + ".center");
      score.linear = reader.vector(reader.at(entry, "linear", path), d, path + ".linear");
      score.quadratic =
          reader.matrix(reader.at(entry, "quadratic", path), d, d, path + ".quadratic");
      scores[number_of(*id)] = std::move(score);
    }
  }
}

}  // namespace

std::string model_json(const RecipeModel& model) {
  Json json;
  json["format"] = format_name;
  json["format_version"] = format_version;
  json["name"] = model.name;
  json["note"] = model.note;
  json["uhuru_version"] = model.version;
  json["training"] = {{"detections", model.training_rows}, {"labelled", model.training_labelled}};
  Json& scaling = json["scaling"] = Json::array();
  Json& medians = json["medians"] = Json::object();
  for (size_t f = 0; f < model.scaling.size(); ++f) {
    const method::FeatureScale& scale = model.scaling[f];
    const std::string& name = model.recipe.features[f].name;
    scaling.push_back({{"feature", name},
                       {"transform", recipe::transform_name(scale.transform)},
                       {"offset", scale.offset},
                       {"lo", scale.lo},
                       {"hi", scale.hi}});
    if (scale.transform == method::Transform::rank) {
      scaling.back()["knots"] = scale.knots;
      scaling.back()["ranks"] = scale.ranks;
    }
    medians[name] = model.medians[f];
  }
  json["mixture"] = to_json(model.mixture);
  if (!model.density_quantiles.empty()) json["density_quantiles"] = model.density_quantiles;
  json["scores"] = scores_to_json(model);
  if (model.bayes) {
    json["prior"] = prior_json(model.prior, model.recipe);
    json["coverage"] = model.coverage;
    json["bayes"] = bayes_json(*model.bayes, model.recipe);
  }
  Json& lines = json["recipe"] = Json::array();
  for (size_t at = 0; at < model.recipe.text.size();) {
    const size_t end = std::min(model.recipe.text.find('\n', at), model.recipe.text.size());
    lines.push_back(model.recipe.text.substr(at, end - at));
    at = end + 1;
  }
  return readable_json(json);
}

RecipeModel named_model(method::Model model, const recipe::Recipe& recipe) {
  RecipeModel named;
  static_cast<method::Model&>(named) = std::move(model);
  named.name = recipe.name;
  named.note =
      fmt::format("Trained by uhuru {} with recipe {}, {} components, seed {}.", UHURU_VERSION,
                  recipe.name, named.mixture.components(), recipe.mixture.seed);
  named.recipe = recipe;
  named.version = UHURU_VERSION;
  return named;
}

void save_model(const RecipeModel& model, const std::string& path, io::Overwrite overwrite,
                io::OutputGroup* group) {
  io::write_text(path, model_json(model), overwrite, group);
}

RecipeModel parse_model(const std::string& text, const std::string& name) {
  const ModelReader reader(name);
  if (!is_moderate_json(text))
    throw input_error("the model is nested too deeply, or has too many keys", name);
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::exception& error) {
    throw input_error("the model is not valid JSON", name, "a model written by uhuru",
                      std::string(error.what()).substr(0, 120));
  }
  if (!json.is_object() || json.value("format", Json()) != Json(format_name))
    throw input_error("the file is not a model", name,
                      fmt::format("\"format\": \"{}\"", format_name));
  const double version =
      reader.number(reader.at(json, "format_version", "model"), "format_version");
  if (version != format_version)
    throw input_error("unsupported model version", name,
                      fmt::format("format_version {}", format_version), fmt::format("{}", version));
  RecipeModel model;
  model.name = reader.text(reader.at(json, "name", "model"), "name");
  model.note = reader.text(reader.at(json, "note", "model"), "note");
  model.version = reader.text(reader.at(json, "uhuru_version", "model"), "uhuru_version");
  const Json& training = reader.at(json, "training", "model");
  model.training_rows =
      reader.count(reader.at(training, "detections", "training"), "training.detections");
  model.training_labelled =
      reader.count(reader.at(training, "labelled", "training"), "training.labelled");
  const Json& lines = reader.at(json, "recipe", "model");
  if (!lines.is_array()) reader.fail("recipe", "a list of lines");
  std::string recipe;
  for (const Json& line : lines) recipe += reader.text(line, "recipe") + "\n";
  model.recipe = recipe::parse_recipe(recipe, name + ", recipe");
  model.class_count = model.recipe.classes.size();
  read_scaling(reader, json, model);
  read_model_mixture(reader, json, model);
  read_quantiles(reader, json, model);
  read_scores(reader, json, model);
  if (json.contains("bayes")) {
    model.bayes = read_bayes(reader, json.at("bayes"), model.recipe, model.mixture.components());
    model.prior = read_prior_json(reader, reader.at(json, "prior", "model"), model.recipe);
    model.coverage = reader.number(reader.at(json, "coverage", "model"), 0, 1, "coverage");
  }
  return model;
}

RecipeModel load_model(const std::string& name_or_path) {
  std::vector<std::string> built_in;
  for (const EmbeddedFile& file : embedded_files()) {
    std::string_view path = file.path;
    if (!path.starts_with("models/")) continue;
    path.remove_prefix(std::string_view("models/").size());
    path.remove_suffix(std::string_view(".json").size());
    if (path == name_or_path) return parse_model(std::string(file.content), name_or_path);
    built_in.emplace_back(path);
  }
  constexpr size_t largest = size_t{1} << 28;
  std::unique_ptr<io::ByteSource> source;
  try {
    source = io::ByteSource::open(name_or_path);
  } catch (const Error& error) {
    throw input_error("no such model", name_or_path,
                      "a model file, or a built-in model: " + join(built_in, ", "), error.found())
        .because(error.cause());
  }
  return parse_model(io::read_text(*source, "model", largest), name_or_path);
}

void check_features(const RecipeModel& model, const recipe::Recipe& recipe) {
  if (model.recipe.feature_names() != recipe.feature_names())
    throw input_error("the model was trained with a different recipe", "model " + model.name,
                      "the features " + join(recipe.feature_names(), ", "),
                      join(model.recipe.feature_names(), ", "));
}

void check_recipe(const RecipeModel& model, const recipe::Recipe& recipe) {
  check_features(model, recipe);
  if (model.recipe.classes != recipe.classes)
    throw input_error("the model was trained with a different recipe", "model " + model.name,
                      "the classes " + join(recipe.classes, ", "),
                      join(model.recipe.classes, ", "));
}

}  // namespace uhuru::model
