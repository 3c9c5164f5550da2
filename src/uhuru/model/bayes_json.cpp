#include "uhuru/model/bayes_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "uhuru/base/missing.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/model/numbers_text.hpp"

namespace uhuru::model {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t most_in_a_list = 1000;  // replicates, trees
constexpr uint8_t leaf_mark = 255;       // instead of a feature
constexpr float part_steps = 255;        // what left_part is counted in

/// Weight, mean and lower half of the covariance, row by row, of each component; doubles.
std::string gaussians_text(const method::GaussianMixture& gaussians) {
  NumberWriter to;
  for (Eigen::Index c = 0; c < gaussians.components(); ++c) {
    to.add(gaussians.weights[c]);
    for (const double value : gaussians.means.row(c)) to.add(value);
    const Matrix& covariance = gaussians.covariances[static_cast<size_t>(c)];
    for (Eigen::Index i = 0; i < covariance.rows(); ++i)
      for (Eigen::Index j = 0; j <= i; ++j) to.add(covariance(i, j));
  }
  return to.text();
}

method::GaussianMixture read_gaussians(NumberReader from, Eigen::Index components, Eigen::Index d) {
  method::GaussianMixture result;
  result.weights.resize(components);
  result.means.resize(components, d);
  for (Eigen::Index c = 0; c < components; ++c) {
    result.weights[c] = from.number();
    if (!(result.weights[c] > 0)) from.fail("positive weights");
    for (Eigen::Index f = 0; f < d; ++f) result.means(c, f) = from.number();
    Matrix& covariance = result.covariances.emplace_back(d, d);
    for (Eigen::Index i = 0; i < d; ++i)
      for (Eigen::Index j = 0; j <= i; ++j) covariance(i, j) = covariance(j, i) = from.number();
  }
  from.finish();
  const method::MixtureDensity checked(result);
  return result;
}

/// Of each tree the number of nodes (32 bits), then its nodes, left before right: the feature (8
/// bits) with threshold (float) and left part (8 bits), or leaf_mark with the shares of the classes
/// (16 bits each).
std::string trees_text(const std::vector<method::Tree>& trees, size_t classes) {
  NumberWriter to;
  for (const method::Tree& tree : trees) {
    to.add(static_cast<uint32_t>(tree.nodes.size()));
    for (const method::TreeNode& node : tree.nodes) {
      if (node.feature < 0) {
        to.add(leaf_mark);
        for (size_t c = 0; c < classes; ++c) to.add(tree.leaves[node.right * classes + c]);
        continue;
      }
      to.add(static_cast<uint8_t>(node.feature));
      to.add(node.threshold);
      to.add(static_cast<uint8_t>(std::lround(node.left_part * part_steps)));
    }
  }
  return to.text();
}

/// `features`: that a tree may split on.
method::Tree read_tree(NumberReader& from, size_t classes, size_t features) {
  method::Tree tree;
  const size_t count = from.count(1 + std::min(2 * classes, size_t{5}));
  if (count == 0) from.fail("a tree with at least one node");
  std::vector<size_t> open;  // nodes whose right child is yet to come
  for (size_t i = 0; i < count; ++i) {
    const auto feature = from.take<uint8_t>();
    method::TreeNode node;
    if (feature == leaf_mark) {
      node.right = static_cast<uint32_t>(tree.leaves.size() / classes);
      for (size_t c = 0; c < classes; ++c) tree.leaves.push_back(from.take<uint16_t>());
    } else {
      if (feature >= features) from.fail("features of its recipe in its trees");
      node.feature = feature;
      node.threshold = from.take<float>();
      node.left_part = static_cast<float>(from.take<uint8_t>() / double{part_steps});
      if (!std::isfinite(node.threshold)) from.fail("finite numbers");
    }
    tree.nodes.push_back(node);
    if (feature != leaf_mark) {
      open.push_back(i);
      continue;
    }
    if (open.empty() != (i + 1 == count)) from.fail("whole trees");
    if (open.empty()) break;
    tree.nodes[open.back()].right = static_cast<uint32_t>(i + 1);
    open.pop_back();
  }
  if (!open.empty() || tree.nodes.back().feature >= 0) from.fail("whole trees");
  return tree;
}

Vector read_positive(const ModelReader& reader, const Json& values, Eigen::Index size,
                     const std::string& path) {
  Vector result = reader.vector(values, size, path);
  if (!(result.minCoeff() > 0)) reader.fail(path, "positive numbers");
  return result;
}

/// The learned classes, in the order of the recipe.
std::vector<method::ClassId> read_learned(const ModelReader& reader, const Json& json,
                                          const recipe::Recipe& recipe) {
  std::vector<method::ClassId> learned;
  for (const Json& name :
       reader.list(reader.at(json, "classes", "bayes"), recipe.classes.size(), "bayes.classes")) {
    const auto id = recipe.find_class(reader.text(name, "bayes.classes"));
    if (!id || (!learned.empty() && *id <= learned.back()))
      reader.fail("bayes.classes",
                  "classes of its recipe, in order: " + join(recipe.classes, ", "));
    learned.push_back(*id);
  }
  if (learned.empty()) reader.fail("bayes.classes", "a class");
  return learned;
}

Json scores_json(const std::vector<method::HeldOutScores>& groups) {
  Json json = Json::array();
  for (const method::HeldOutScores& of_group : groups)
    json.push_back({{"sources", of_group.count()}, {"quantiles", of_group.values()}});
  return json;
}

std::vector<method::HeldOutScores> read_scores_of_groups(const ModelReader& reader,
                                                         const Json& json, size_t groups,
                                                         const std::string& path) {
  std::vector<method::HeldOutScores> result;
  constexpr size_t most = 100'000;
  for (const Json& of_group : reader.list(json, groups, path)) {
    const size_t count = reader.count(reader.at(of_group, "sources", path), path + ".sources");
    const Json& values = reader.list(reader.at(of_group, "quantiles", path), most, path);
    const Vector sorted =
        reader.vector(values, static_cast<long>(values.size()), path + ".quantiles");
    if (!std::is_sorted(sorted.begin(), sorted.end()) || static_cast<size_t>(sorted.size()) > count)
      reader.fail(path + ".quantiles", "numbers in ascending order, no more than sources");
    result.emplace_back(std::vector<double>(sorted.begin(), sorted.end()), count);
  }
  if (result.size() != groups) reader.fail(path, fmt::format("{} groups", groups));
  return result;
}

Json answer_json(const method::Answer& answer) {
  const method::Calibration& calibration = answer.calibration;
  return {{"prior", to_json(answer.evidence.prior)},
          {"calibration",
           {{"shift", to_json(calibration.shift)},
            {"tree_part", calibration.first_part},
            {"group_sharpness", calibration.group_sharpness},
            {"group_offset", to_json(calibration.group_offset)},
            {"class_sharpness", calibration.class_sharpness},
            {"class_offset", to_json(calibration.class_offset)}}},
          {"evidence",
           {{"exponent", answer.evidence.exponent}, {"slope", to_json(answer.evidence.slope)}}},
          {"ratios", scores_json(answer.ratios)}};
}

/// For the classes and groups of `classifier`.
method::Answer read_answer(const ModelReader& reader, const Json& json,
                           const method::BayesClassifier& classifier, size_t groups,
                           const std::string& path) {
  const auto count = static_cast<Eigen::Index>(classifier.learned.size());
  method::Answer answer;
  method::Calibration& to = answer.calibration;
  to.group_of = classifier.group_of;
  to.prior = read_positive(reader, reader.at(json, "prior", path), count, path + ".prior");
  const Json& from = reader.at(json, "calibration", path);
  const std::string at = path + ".calibration";
  to.shift = read_positive(reader, reader.at(from, "shift", at), count, at + ".shift");
  to.first_part = reader.number(reader.at(from, "tree_part", at), 0, 1, at + ".tree_part");
  to.group_sharpness =
      reader.number(reader.at(from, "group_sharpness", at), 0, 100, at + ".group_sharpness");
  const size_t used = *std::max_element(to.group_of.begin(), to.group_of.end()) + 1;
  to.group_offset = reader.vector(reader.at(from, "group_offset", at), static_cast<long>(used),
                                  at + ".group_offset");
  to.class_sharpness =
      reader.number(reader.at(from, "class_sharpness", at), 0, 100, at + ".class_sharpness");
  to.class_offset = reader.vector(reader.at(from, "class_offset", at), count, at + ".class_offset");
  answer.evidence.learned = classifier.learned;
  answer.evidence.prior = to.prior;
  const Json& evidence = reader.at(json, "evidence", path);
  answer.evidence.exponent =
      reader.number(reader.at(evidence, "exponent", path), 0, 1, path + ".evidence.exponent");
  answer.evidence.slope =
      reader.vector(reader.at(evidence, "slope", path), count, path + ".evidence.slope");
  answer.ratios =
      read_scores_of_groups(reader, reader.at(json, "ratios", path), groups, path + ".ratios");
  return answer;
}

/// Of `components` Gaussians, and trees of `features`.
method::BayesReplicate read_replicate(const ModelReader& reader, const Json& json, size_t classes,
                                      Eigen::Index components, Eigen::Index d, size_t features,
                                      const std::string& path) {
  method::BayesReplicate replicate;
  replicate.prior = read_positive(reader, reader.at(json, "prior", path),
                                  static_cast<long>(classes), path + ".prior");
  replicate.gaussians = read_gaussians(
      {reader, reader.text(reader.at(json, "gaussians", path), path), path + ".gaussians"},
      components, d);
  const size_t trees = reader.count(reader.at(json, "tree_count", path), path + ".tree_count");
  if (trees == 0 || trees > most_in_a_list)
    reader.fail(path + ".tree_count", fmt::format("1 to {}", most_in_a_list));
  NumberReader from(reader, reader.text(reader.at(json, "trees", path), path), path + ".trees");
  for (size_t t = 0; t < trees; ++t) replicate.trees.push_back(read_tree(from, classes, features));
  from.finish();
  return replicate;
}

}  // namespace

Json bayes_json(const method::BayesClassifier& classifier, const recipe::Recipe& recipe) {
  Json learned = Json::array();
  for (const method::ClassId id : classifier.learned) learned.push_back(recipe.class_name(id));
  Json informing = Json::array();
  for (const Eigen::Index f : classifier.informing)
    informing.push_back(recipe.features[static_cast<size_t>(f)].name);
  Json collapsed = Json::array();
  for (const auto& [id, cluster] : classifier.collapsed)
    collapsed.push_back({{"class", recipe.class_name(id)}, {"cluster", number_of(cluster)}});
  Json replicates = Json::array();
  for (const method::BayesReplicate& replicate : classifier.replicates)
    replicates.push_back({{"prior", to_json(replicate.prior)},
                          {"gaussians", gaussians_text(replicate.gaussians)},
                          {"tree_count", replicate.trees.size()},
                          {"trees", trees_text(replicate.trees, classifier.learned.size())}});
  return {{"classes", std::move(learned)},
          {"typical_variance", to_json(classifier.typical_variance)},
          {"missing_informs", std::move(informing)},
          {"sources", answer_json(classifier.of_sources)},
          {"detections", answer_json(classifier.of_detections)},
          {"typicality", scores_json(classifier.typicality)},
          {"collapsed", std::move(collapsed)},
          {"replicates", std::move(replicates)}};
}

Json prior_json(const method::Prior& prior, const recipe::Recipe& recipe) {
  if (prior.own.empty()) return prior.drawn == method::Drawn::sources ? "sources" : "detections";
  Json own = Json::object();
  for (size_t c = 0; c < prior.own.size(); ++c)
    if (!std::isnan(prior.own[c])) own[recipe.classes[c]] = prior.own[c];
  return own.empty() ? Json("sources") : own;
}

method::Prior read_prior_json(const ModelReader& reader, const Json& json,
                              const recipe::Recipe& recipe) {
  if (json == Json("sources")) return {};
  if (json == Json("detections")) return {method::Drawn::detections, {}};
  if (!json.is_object() || json.empty())
    reader.fail("prior", "\"sources\", \"detections\", or probabilities of classes");
  method::Prior prior;
  prior.own.assign(recipe.classes.size(), missing_number);
  double sum = 0;
  for (const auto& [name, value] : json.items()) {
    const auto id = recipe.find_class(name);
    if (!id) reader.fail("prior", "classes of its recipe: " + join(recipe.classes, ", "), name);
    sum += prior.own[number_of(*id)] = reader.number(value, 0, 1, "prior." + name);
  }
  constexpr double most = 1 + 1e-9;
  if (sum > most) reader.fail("prior", "probabilities that sum to 1 at most");
  return prior;
}

method::BayesClassifier read_bayes(const ModelReader& reader, const Json& json,
                                   const recipe::Recipe& recipe, Eigen::Index clusters) {
  if (json.is_object() && json.contains("calibration"))
    reader.fail("bayes", "a model of this version of uhuru: train it again", "an earlier version");
  method::BayesClassifier classifier;
  const auto d = static_cast<Eigen::Index>(recipe.features.size());
  classifier.learned = read_learned(reader, json, recipe);
  classifier.typical_variance =
      reader.vector(reader.at(json, "typical_variance", "bayes"), d, "bayes.typical_variance");
  const auto places = recipe.group_places();
  const size_t groups = recipe.group_names().size();
  for (const method::ClassId id : classifier.learned)
    classifier.group_of.push_back(places[number_of(id)]);
  const auto names = recipe.feature_names();
  for (const Json& name :
       reader.list(reader.at(json, "missing_informs", "bayes"), names.size(), "bayes")) {
    const auto place = std::find(names.begin(), names.end(), reader.text(name, "missing_informs"));
    if (place == names.end()) reader.fail("bayes.missing_informs", "features of its recipe");
    classifier.informing.push_back(place - names.begin());
  }
  classifier.of_sources =
      read_answer(reader, reader.at(json, "sources", "bayes"), classifier, groups, "bayes.sources");
  classifier.of_detections = read_answer(reader, reader.at(json, "detections", "bayes"), classifier,
                                         groups, "bayes.detections");
  classifier.typicality = read_scores_of_groups(reader, reader.at(json, "typicality", "bayes"),
                                                groups, "bayes.typicality");
  for (const Json& entry :
       reader.list(reader.at(json, "collapsed", "bayes"), most_in_a_list, "bayes.collapsed")) {
    const auto id = recipe.find_class(
        reader.text(reader.at(entry, "class", "bayes.collapsed"), "bayes.collapsed"));
    if (!id) reader.fail("bayes.collapsed", "classes of its recipe");
    const size_t cluster =
        reader.count(reader.at(entry, "cluster", "bayes.collapsed"), "bayes.collapsed");
    if (cluster >= static_cast<size_t>(clusters))
      reader.fail("bayes.collapsed", fmt::format("one of {} clusters", clusters));
    classifier.collapsed.emplace_back(*id, method::ClusterId(cluster));
  }
  const Json& replicates =
      reader.list(reader.at(json, "replicates", "bayes"), most_in_a_list, "bayes.replicates");
  if (replicates.empty()) reader.fail("bayes.replicates", "one or more");
  const size_t classes = classifier.learned.size();
  for (const Json& entry : replicates)
    classifier.replicates.push_back(
        read_replicate(reader, entry, classes, static_cast<long>(classes) * clusters, d,
                       static_cast<size_t>(d) + classifier.informing.size(),
                       fmt::format("bayes.replicates[{}]", classifier.replicates.size())));
  return classifier;
}

}  // namespace uhuru::model
