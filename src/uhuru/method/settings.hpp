// What the method has to know of a recipe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#pragma GCC visibility push(default)
namespace uhuru::method {

/// How a feature is scaled before clustering, see FeatureScale. The first three are those of [PD24]
/// sec. 3.2.
enum class Transform { identity, minmax, log_minmax, standard, log10, asinh, rank };

/// How classes are learned: as published, by distances, or by posteriors.
enum class Method { mahalanobis, bayes };

/// What happens in learning to rows that lack a feature: as published, they are left out, or what
/// they lack is integrated out.
enum class Missing { drop, integrate };

/// The defaults are those of the published method.
struct MixtureSettings {
  int components = 6;
  uint32_t seed = 42;
  double covariance_floor = 1e-6;  // added to the diagonals
  double tolerance = 1e-3;         // change of the mean log-likelihood at which EM stops
  int max_iterations = 100;
  int starts = 1;  // the fit with the largest likelihood is used
};

/// Settings of the method `bayes`; see classify/bayes.hpp, and docs/method.md for the choice of the
/// defaults.
struct BayesSettings {
  int replicates = 25;         // bootstraps of the sources
  int trees = 10;              // trees per replicate
  size_t tree_rows = 3;        // minimum rows per leaf
  size_t tree_features = 0;    // tried per split; 0: the square root of their number
  double source_exponent = 1;  // a detection of a source with n of them has weight n^-exponent
  double mean_members = 30;    // weights of the shrinkage in members, see Shrinkage
  double covariance_members = 50;
  double cluster_members = 20;
};

struct FeatureSettings {
  std::string name;  // for messages
  Transform transform = Transform::identity;
};

/// All settings of fit(): the features, in the order of the columns of DetectionRows, and how they
/// are clustered and classified.
struct Settings {
  std::vector<FeatureSettings> features;
  std::vector<std::string> classes;  // their names
  std::vector<size_t> groups;        // for each class its group, numbered from 0
  Method method = Method::mahalanobis;
  Missing missing = Missing::drop;
  bool missing_informs = false;  // whether the method bayes may learn from what is missing
  size_t min_members = 12;       // minimum per class and cluster, for distances
  MixtureSettings mixture;
  BayesSettings bayes;
};

}  // namespace uhuru::method
#pragma GCC visibility pop
