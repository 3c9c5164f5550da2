#include "uhuru/model/bayes_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "uhuru/base/text.hpp"

namespace uhuru::model {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t most_in_a_list = 1000;  // replicates, trees

/// A tree, column by column: for a leaf, feature is -1 and right is the index among the leaves.
Json tree_json(const method::Tree& tree) {
  Json features = Json::array(), right = Json::array(), thresholds = Json::array(),
       parts = Json::array();
  for (const method::TreeNode& node : tree.nodes) {
    features.push_back(node.feature);
    right.push_back(node.right);
    thresholds.push_back(node.threshold);
    parts.push_back(node.left_part);
  }
  return {{"feature", std::move(features)},
          {"right", std::move(right)},
          {"threshold", std::move(thresholds)},
          {"left_part", std::move(parts)},
          {"leaves", to_json(tree.leaves)}};
}

method::Tree read_tree(const ModelReader& reader, const Json& json, Eigen::Index classes,
                       Eigen::Index dimensions, const std::string& path) {
  constexpr size_t most_nodes = 10'000'000;
  method::Tree tree;
  const Json& features = reader.list(reader.at(json, "feature", path), most_nodes, path);
  const auto count = static_cast<Eigen::Index>(features.size());
  if (count == 0) reader.fail(path, "a tree with at least one node");
  const Vector feature = reader.vector(features, count, path + ".feature");
  const Vector right = reader.vector(reader.at(json, "right", path), count, path + ".right");
  const Vector threshold =
      reader.vector(reader.at(json, "threshold", path), count, path + ".threshold");
  const Vector part = reader.vector(reader.at(json, "left_part", path), count, path + ".left_part");
  const Json& leaves = reader.list(reader.at(json, "leaves", path), most_nodes, path + ".leaves");
  tree.leaves = reader.matrix(leaves, static_cast<long>(leaves.size()), classes, path + ".leaves");
  if (tree.leaves.size() > 0 && tree.leaves.minCoeff() < 0)
    reader.fail(path + ".leaves", "non-negative numbers");
  for (Eigen::Index i = 0; i < count; ++i) {
    const bool leaf = feature[i] == -1;
    // Children come after their node, so every path ends.
    const bool good = std::floor(feature[i]) == feature[i] && std::floor(right[i]) == right[i] &&
                      (leaf ? right[i] >= 0 && right[i] < static_cast<double>(leaves.size())
                            : feature[i] >= 0 && feature[i] < static_cast<double>(dimensions) &&
                                  right[i] > static_cast<double>(i + 1) &&
                                  right[i] < static_cast<double>(count)) &&
                      part[i] >= 0 && part[i] <= 1;
    if (!good) reader.fail(path, "valid tree nodes", fmt::format("node {}", i));
    tree.nodes.push_back(
        {static_cast<int32_t>(feature[i]), static_cast<uint32_t>(right[i]), threshold[i], part[i]});
  }
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

/// `group_of`: the group of each learned class.
method::Calibration read_calibration(const ModelReader& reader, const Json& json,
                                     std::vector<size_t> group_of) {
  const std::string at = "bayes.calibration";
  const auto count = static_cast<Eigen::Index>(group_of.size());
  const size_t groups = *std::max_element(group_of.begin(), group_of.end()) + 1;
  method::Calibration to;
  to.group_of = std::move(group_of);
  const Json& group_offset =
      reader.list(reader.at(json, "group_offset", at), groups, at + ".group_offset");
  to.first_part = reader.number(reader.at(json, "tree_part", at), 0, 1, at + ".tree_part");
  to.group_sharpness =
      reader.number(reader.at(json, "group_sharpness", at), 0, 100, at + ".group_sharpness");
  to.group_offset = reader.vector(group_offset, static_cast<long>(groups), at + ".group_offset");
  to.class_sharpness =
      reader.number(reader.at(json, "class_sharpness", at), 0, 100, at + ".class_sharpness");
  to.class_offset = reader.vector(reader.at(json, "class_offset", at), count, at + ".class_offset");
  to.prior = read_positive(reader, reader.at(json, "prior", at), count, at + ".prior");
  return to;
}

method::Evidence read_evidence(const ModelReader& reader, const Json& json,
                               const std::vector<method::ClassId>& learned) {
  const std::string in = "bayes.evidence";
  const auto count = static_cast<Eigen::Index>(learned.size());
  method::Evidence evidence;
  evidence.learned = learned;
  evidence.exponent = reader.number(reader.at(json, "exponent", in), 0, 1, in + ".exponent");
  evidence.prior_shift =
      reader.number(reader.at(json, "prior_shift", in), 0, 1, in + ".prior_shift");
  evidence.detection_prior =
      read_positive(reader, reader.at(json, "detection_prior", in), count, in + ".detection_prior");
  evidence.source_prior =
      read_positive(reader, reader.at(json, "source_prior", in), count, in + ".source_prior");
  return evidence;
}

/// Of `count` classes in `clusters` clusters and `d` features.
method::BayesReplicate read_replicate(const ModelReader& reader, const Json& json,
                                      Eigen::Index count, Eigen::Index clusters, Eigen::Index d,
                                      const std::string& path) {
  method::BayesReplicate replicate;
  replicate.prior = read_positive(reader, reader.at(json, "prior", path), count, path + ".prior");
  replicate.gaussians =
      read_mixture(reader, reader.at(json, "gaussians", path), d, path + ".gaussians");
  if (replicate.gaussians.components() != count * clusters)
    reader.fail(path + ".gaussians", fmt::format("{} components", count * clusters));
  if (!(replicate.gaussians.weights.minCoeff() > 0))
    reader.fail(path + ".gaussians.weights", "positive numbers");
  const Json& trees = reader.list(reader.at(json, "trees", path), most_in_a_list, path);
  if (trees.empty()) reader.fail(path + ".trees", "one or more");
  for (const Json& tree : trees)
    replicate.trees.push_back(read_tree(reader, tree, count, d, path + ".trees"));
  return replicate;
}

}  // namespace

Json bayes_json(const method::BayesClassifier& classifier, const recipe::Recipe& recipe) {
  Json learned = Json::array();
  for (const method::ClassId id : classifier.learned) learned.push_back(recipe.class_name(id));
  const method::Calibration& calibration = classifier.calibration;
  const method::Evidence& evidence = classifier.evidence;
  Json replicates = Json::array();
  for (const method::BayesReplicate& replicate : classifier.replicates) {
    Json trees = Json::array();
    for (const method::Tree& tree : replicate.trees) trees.push_back(tree_json(tree));
    replicates.push_back({{"prior", to_json(replicate.prior)},
                          {"gaussians", to_json(replicate.gaussians)},
                          {"trees", std::move(trees)}});
  }
  return {{"classes", std::move(learned)},
          {"typical_variance", to_json(classifier.typical_variance)},
          {"calibration",
           {{"tree_part", calibration.first_part},
            {"group_sharpness", calibration.group_sharpness},
            {"group_offset", to_json(calibration.group_offset)},
            {"class_sharpness", calibration.class_sharpness},
            {"class_offset", to_json(calibration.class_offset)},
            {"prior", to_json(calibration.prior)}}},
          {"evidence",
           {{"exponent", evidence.exponent},
            {"prior_shift", evidence.prior_shift},
            {"detection_prior", to_json(evidence.detection_prior)},
            {"source_prior", to_json(evidence.source_prior)}}},
          {"replicates", std::move(replicates)}};
}

method::BayesClassifier read_bayes(const ModelReader& reader, const Json& json,
                                   const recipe::Recipe& recipe, Eigen::Index clusters) {
  method::BayesClassifier classifier;
  const auto d = static_cast<Eigen::Index>(recipe.features.size());
  classifier.learned = read_learned(reader, json, recipe);
  const auto count = static_cast<Eigen::Index>(classifier.learned.size());
  classifier.typical_variance =
      reader.vector(reader.at(json, "typical_variance", "bayes"), d, "bayes.typical_variance");
  const auto groups = recipe.group_places();
  std::vector<size_t> group_of;
  for (const method::ClassId id : classifier.learned) group_of.push_back(groups[number_of(id)]);
  classifier.calibration =
      read_calibration(reader, reader.at(json, "calibration", "bayes"), std::move(group_of));
  classifier.evidence =
      read_evidence(reader, reader.at(json, "evidence", "bayes"), classifier.learned);
  const Json& replicates =
      reader.list(reader.at(json, "replicates", "bayes"), most_in_a_list, "bayes.replicates");
  if (replicates.empty()) reader.fail("bayes.replicates", "one or more");
  for (const Json& entry : replicates)
    classifier.replicates.push_back(
        read_replicate(reader, entry, count, clusters, d,
                       fmt::format("bayes.replicates[{}]", classifier.replicates.size())));
  return classifier;
}

}  // namespace uhuru::model
