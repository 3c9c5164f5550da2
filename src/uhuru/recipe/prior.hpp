// The user's prior of a recipe's classes, as text.
#pragma once

#include <string>

#include "uhuru/method/classify/prior.hpp"
#include "uhuru/recipe/recipe.hpp"

#pragma GCC visibility push(default)
namespace uhuru::recipe {

/// Reads "sources", "detections", "CLASS=P,…" or the name of a TOML file of such lines (a class
/// name that is not plain is quoted there).
///
/// A class that is not given gets its share of what is left. Throws Error (input) for an unknown
/// class, a P that is not between 0 and 1, or a sum above 1. Thread-safe.
method::Prior read_prior(const std::string& text, const Recipe& recipe);

}  // namespace uhuru::recipe
#pragma GCC visibility pop
