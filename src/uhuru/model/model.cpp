#include "uhuru/model/model.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "uhuru/base/embedded.hpp"
#include "uhuru/base/error.hpp"
#include "uhuru/base/json.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/io/byte_source.hpp"

namespace uhuru {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* format_name = "uhuru-model";
constexpr int format_version = 1;

Json to_json(const Vector& vector) { return std::vector<double>(vector.begin(), vector.end()); }

Json to_json(const Matrix& matrix) {
  Json rows = Json::array();
  for (Eigen::Index i = 0; i < matrix.rows(); ++i)
    rows.push_back(to_json(Vector(matrix.row(i).transpose())));
  return rows;
}

/// Reads the parts of a model, each with its path for error messages.
class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}

  [[noreturn]] void fail(const std::string& path, const std::string& expected,
                         const std::string& found = {}) const {
    throw input_error("the model cannot be used", file_ + ", " + path, expected, found);
  }
  const Json& at(const Json& json, const std::string& key, const std::string& path) const {
    if (!json.is_object() || !json.contains(key)) fail(path, "the key " + key);
    return json.at(key);
  }
  double number(const Json& json, const std::string& path) const {
    if (!json.is_number()) fail(path, "a number", json.dump().substr(0, 40));
    const auto value = json.get<double>();
    if (!std::isfinite(value)) fail(path, "a finite number");
    return value;
  }
  std::string text(const Json& json, const std::string& path) const {
    if (!json.is_string()) fail(path, "a text", json.dump().substr(0, 40));
    return json.get<std::string>();
  }
  Vector vector(const Json& json, Eigen::Index size, const std::string& path) const {
    if (!json.is_array() || static_cast<Eigen::Index>(json.size()) != size)
      fail(path, fmt::format("{} numbers", size), fmt::format("{}", json.size()));
    Vector result(size);
    for (Eigen::Index i = 0; i < size; ++i) result[i] = number(json[i], path);
    return result;
  }
  Matrix matrix(const Json& json, Eigen::Index rows, Eigen::Index columns,
                const std::string& path) const {
    if (!json.is_array() || static_cast<Eigen::Index>(json.size()) != rows)
      fail(path, fmt::format("{} rows", rows), fmt::format("{}", json.size()));
    Matrix result(rows, columns);
    for (Eigen::Index i = 0; i < rows; ++i)
      result.row(i) = vector(json[i], columns, fmt::format("{}[{}]", path, i)).transpose();
    return result;
  }

 private:
  std::string file_;
};

Json scores_to_json(const Model& model) {
  Json clusters = Json::array();
  for (const auto& cluster : model.scores) {
    Json classes = Json::object();
    for (size_t c = 0; c < cluster.size(); ++c) {
      if (!cluster[c]) continue;
      const QuadraticScore& score = *cluster[c];
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

void read_scaling(const Reader& reader, const Json& json, Model& model) {
  const Json& scaling = reader.at(json, "scaling", "model");
  const size_t count = model.recipe.features.size();
  if (!scaling.is_array() || scaling.size() != count)
    reader.fail("scaling", fmt::format("{} features, as in its recipe", count),
                fmt::format("{}", scaling.size()));
  for (size_t f = 0; f < count; ++f) {
    const Feature& feature = model.recipe.features[f];
    const std::string path = fmt::format("scaling[{}]", f);
    const std::string name = reader.text(reader.at(scaling[f], "feature", path), path);
    if (name != feature.name)
      reader.fail(path, "feature " + feature.name + ", as in its recipe", name);
    FeatureScale scale;
    try {
      scale.transform =
          transform_from_name(reader.text(reader.at(scaling[f], "transform", path), path));
    } catch (const Error& error) {
      reader.fail(path, error.expected(), error.found());
    }
    scale.offset = reader.number(reader.at(scaling[f], "offset", path), path);
    scale.lo = reader.number(reader.at(scaling[f], "lo", path), path);
    scale.hi = reader.number(reader.at(scaling[f], "hi", path), path);
    if (!(scale.lo < scale.hi)) reader.fail(path, "lo below hi");
    model.scaling.push_back(scale);
    const Json& medians = reader.at(json, "medians", "model");
    model.medians.push_back(reader.number(reader.at(medians, feature.name, "medians"), "medians"));
  }
}

void read_mixture(const Reader& reader, const Json& json, Model& model) {
  const Json& mixture = reader.at(json, "mixture", "model");
  const auto d = static_cast<Eigen::Index>(model.recipe.features.size());
  const Json& weights = reader.at(mixture, "weights", "mixture");
  const auto k = static_cast<Eigen::Index>(weights.size());
  if (!weights.is_array() || k < 1) reader.fail("mixture.weights", "one number a component");
  model.mixture.weights = reader.vector(weights, k, "mixture.weights");
  if (model.mixture.weights.minCoeff() < 0 || std::abs(model.mixture.weights.sum() - 1) > 1e-6)
    reader.fail("mixture.weights", "positive numbers whose sum is 1");
  model.mixture.means =
      reader.matrix(reader.at(mixture, "means", "mixture"), k, d, "mixture.means");
  const Json& covariances = reader.at(mixture, "covariances", "mixture");
  if (!covariances.is_array() || static_cast<Eigen::Index>(covariances.size()) != k)
    reader.fail("mixture.covariances", fmt::format("{} matrices", k));
  for (Eigen::Index c = 0; c < k; ++c)
    model.mixture.covariances.push_back(
        reader.matrix(covariances[c], d, d, fmt::format("mixture.covariances[{}]", c)));
  const MixtureDensity checked(model.mixture);
}

void read_scores(const Reader& reader, const Json& json, Model& model) {
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
      const int c = model.recipe.class_index(name);
      if (c < 0) reader.fail(path, "a class of its recipe: " + join(model.recipe.classes, ", "));
      QuadraticScore score;
      score.members = static_cast<size_t>(
          std::max(0.0, reader.number(reader.at(entry, "members", path), path)));
      score.constant = reader.number(reader.at(entry, "constant", path), path);
      score.center = reader.vector(reader.at(entry, "center", path), d, path + ".center");
      score.linear = reader.vector(reader.at(entry, "linear", path), d, path + ".linear");
      score.quadratic =
          reader.matrix(reader.at(entry, "quadratic", path), d, d, path + ".quadratic");
      scores[static_cast<size_t>(c)] = std::move(score);
    }
  }
}

}  // namespace

std::string model_json(const Model& model) {
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
    const FeatureScale& scale = model.scaling[f];
    const std::string& name = model.recipe.features[f].name;
    scaling.push_back({{"feature", name},
                       {"transform", transform_name(scale.transform)},
                       {"offset", scale.offset},
                       {"lo", scale.lo},
                       {"hi", scale.hi}});
    medians[name] = model.medians[f];
  }
  Json covariances = Json::array();
  for (const Matrix& covariance : model.mixture.covariances)
    covariances.push_back(to_json(covariance));
  json["mixture"] = {{"weights", to_json(model.mixture.weights)},
                     {"means", to_json(model.mixture.means)},
                     {"covariances", std::move(covariances)}};
  json["scores"] = scores_to_json(model);
  Json& lines = json["recipe"] = Json::array();
  for (size_t at = 0; at < model.recipe.text.size();) {
    const size_t end = std::min(model.recipe.text.find('\n', at), model.recipe.text.size());
    lines.push_back(model.recipe.text.substr(at, end - at));
    at = end + 1;
  }
  return readable_json(json);
}

void save_model(const Model& model, const std::string& path, Overwrite overwrite) {
  OutputFile file(path, overwrite);
  file.write(model_json(model));
  file.commit();
}

Model parse_model(const std::string& text, const std::string& name) {
  const Reader reader(name);
  // What is nested deeply would overflow the stack where it is printed or freed.
  const auto shallow = [&](int depth, Json::parse_event_t, const Json&) {
    constexpr int deepest = 32;
    if (depth > deepest) throw input_error("the model is nested too deeply", name);
    return true;
  };
  Json json;
  try {
    json = Json::parse(text, shallow);
  } catch (const Json::exception& error) {
    throw input_error("the model is no JSON", name, "a model that uhuru wrote",
                      std::string(error.what()).substr(0, 120));
  }
  if (!json.is_object() || json.value("format", Json()) != Json(format_name))
    throw input_error("the file is no model", name, fmt::format("\"format\": \"{}\"", format_name));
  const double version =
      reader.number(reader.at(json, "format_version", "model"), "format_version");
  if (version != format_version)
    throw input_error("the model is of another version", name,
                      fmt::format("format_version {}", format_version), fmt::format("{}", version));
  Model model;
  model.name = reader.text(reader.at(json, "name", "model"), "name");
  model.note = reader.text(reader.at(json, "note", "model"), "note");
  model.version = reader.text(reader.at(json, "uhuru_version", "model"), "uhuru_version");
  const Json& training = reader.at(json, "training", "model");
  model.training_rows = static_cast<size_t>(
      std::max(0.0, reader.number(reader.at(training, "detections", "training"), "training")));
  model.training_labelled = static_cast<size_t>(
      std::max(0.0, reader.number(reader.at(training, "labelled", "training"), "training")));
  const Json& lines = reader.at(json, "recipe", "model");
  if (!lines.is_array()) reader.fail("recipe", "a list of lines");
  std::string recipe;
  for (const Json& line : lines) recipe += reader.text(line, "recipe") + "\n";
  model.recipe = parse_recipe(recipe, name + ", recipe");
  read_scaling(reader, json, model);
  read_mixture(reader, json, model);
  read_scores(reader, json, model);
  return model;
}

Model load_model(const std::string& name_or_path) {
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
  std::string text;
  std::unique_ptr<ByteSource> source;
  try {
    source = ByteSource::open(name_or_path);
  } catch (const Error& error) {
    throw input_error("there is no such model", name_or_path,
                      "a model file, or a built-in model: " + join(built_in, ", "), error.found());
  }
  for (auto bytes = source->next(); !bytes.empty(); bytes = source->next()) {
    text += bytes;
    if (text.size() > largest)
      throw input_error("the model is too large", name_or_path, "less than 256 MiB");
  }
  return parse_model(text, name_or_path);
}

void check_features(const Model& model, const Recipe& recipe) {
  if (model.recipe.feature_names() != recipe.feature_names())
    throw input_error("the model is of another recipe", "model " + model.name,
                      "the features " + join(recipe.feature_names(), ", "),
                      join(model.recipe.feature_names(), ", "));
}

void check_recipe(const Model& model, const Recipe& recipe) {
  check_features(model, recipe);
  if (model.recipe.classes != recipe.classes)
    throw input_error("the model is of another recipe", "model " + model.name,
                      "the classes " + join(recipe.classes, ", "),
                      join(model.recipe.classes, ", "));
}

}  // namespace uhuru
