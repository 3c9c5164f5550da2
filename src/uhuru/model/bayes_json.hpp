// The classifier of the method bayes in a model file.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "uhuru/method/classify/bayes.hpp"
#include "uhuru/model/model_reader.hpp"
#include "uhuru/recipe/recipe.hpp"

#pragma GCC visibility push(default)
namespace uhuru::model {

nlohmann::ordered_json bayes_json(const method::BayesClassifier& classifier,
                                  const recipe::Recipe& recipe);

/// "sources", "detections", or an object of the classes that have a probability of the user's.
nlohmann::ordered_json prior_json(const method::Prior& prior, const recipe::Recipe& recipe);
/// Throws Error (input) for anything else.
method::Prior read_prior_json(const ModelReader& reader, const nlohmann::ordered_json& json,
                              const recipe::Recipe& recipe);

/// Reads and validates the classifier: shapes, finite numbers, positive definite covariances, trees
/// without cycles. `clusters`: number of clusters of the model's mixture. Throws Error (input) if
/// it is invalid.
method::BayesClassifier read_bayes(const ModelReader& reader, const nlohmann::ordered_json& json,
                                   const recipe::Recipe& recipe, Eigen::Index clusters);

}  // namespace uhuru::model
#pragma GCC visibility pop
